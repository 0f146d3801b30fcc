"""Makes the sample buffer that Inspect's recovery asks for: `python begin_buffer.py LOG ID`, with one sample that has begun."""

import sys

from inspect_ai.log import EvalSampleSummary
from inspect_ai.log._recorders.buffer.database import SampleBufferDatabase

if __name__ == "__main__":
    log, sample_id = sys.argv[1:]
    buffer = SampleBufferDatabase(log)
    buffer.start_sample(EvalSampleSummary(id=sample_id, epoch=1, input="asked", target="answer"))
