/**
 * The messages of OTLP (opentelemetry-proto 1.x: common, resource, trace, metrics, logs and their collector services), as
 * far as a receiver needs them: field number → name in JSON and type.
 */
export interface Field {
  readonly name: string
  /** A scalar in the notation below, or the name of a message. */
  readonly type: string
  readonly repeated: boolean
}

export type Message = ReadonlyMap<number, Field>

/** A line a field: `number name type`, with `*` behind the type of a repeated one; capitals are messages. */
const source = `
KeyValue: 1 key string, 2 value AnyValue
AnyValue: 1 stringValue string, 2 boolValue bool, 3 intValue varint, 4 doubleValue double, 5 arrayValue ArrayValue, 6 kvlistValue KeyValueList, 7 bytesValue base64
ArrayValue: 1 values AnyValue*
KeyValueList: 1 values KeyValue*
InstrumentationScope: 1 name string, 2 version string, 3 attributes KeyValue*, 4 droppedAttributesCount varint
Resource: 1 attributes KeyValue*, 2 droppedAttributesCount varint
ExportTraceServiceRequest: 1 resourceSpans ResourceSpans*
ResourceSpans: 1 resource Resource, 2 scopeSpans ScopeSpans*, 3 schemaUrl string
ScopeSpans: 1 scope InstrumentationScope, 2 spans Span*, 3 schemaUrl string
Span: 1 traceId hex, 2 spanId hex, 3 traceState string, 4 parentSpanId hex, 5 name string, 6 kind varint, 7 startTimeUnixNano fixed64, 8 endTimeUnixNano fixed64, 9 attributes KeyValue*, 10 droppedAttributesCount varint, 11 events Event*, 12 droppedEventsCount varint, 13 links Link*, 14 droppedLinksCount varint, 15 status Status, 16 flags fixed32
Event: 1 timeUnixNano fixed64, 2 name string, 3 attributes KeyValue*, 4 droppedAttributesCount varint
Link: 1 traceId hex, 2 spanId hex, 3 traceState string, 4 attributes KeyValue*, 5 droppedAttributesCount varint, 6 flags fixed32
Status: 2 message string, 3 code varint
ExportLogsServiceRequest: 1 resourceLogs ResourceLogs*
ResourceLogs: 1 resource Resource, 2 scopeLogs ScopeLogs*, 3 schemaUrl string
ScopeLogs: 1 scope InstrumentationScope, 2 logRecords LogRecord*, 3 schemaUrl string
LogRecord: 1 timeUnixNano fixed64, 2 severityNumber varint, 3 severityText string, 5 body AnyValue, 6 attributes KeyValue*, 7 droppedAttributesCount varint, 8 flags fixed32, 9 traceId hex, 10 spanId hex, 11 observedTimeUnixNano fixed64, 12 eventName string
ExportMetricsServiceRequest: 1 resourceMetrics ResourceMetrics*
ResourceMetrics: 1 resource Resource, 2 scopeMetrics ScopeMetrics*, 3 schemaUrl string
ScopeMetrics: 1 scope InstrumentationScope, 2 metrics Metric*, 3 schemaUrl string
Metric: 1 name string, 2 description string, 3 unit string, 5 gauge Gauge, 7 sum Sum, 9 histogram Histogram
Gauge: 1 dataPoints NumberDataPoint*
Sum: 1 dataPoints NumberDataPoint*, 2 aggregationTemporality varint, 3 isMonotonic bool
Histogram: 1 dataPoints HistogramDataPoint*, 2 aggregationTemporality varint
NumberDataPoint: 2 startTimeUnixNano fixed64, 3 timeUnixNano fixed64, 4 asDouble double, 6 asInt fixed64, 7 attributes KeyValue*, 8 flags varint
HistogramDataPoint: 2 startTimeUnixNano fixed64, 3 timeUnixNano fixed64, 4 count fixed64, 5 sum double, 6 bucketCounts fixed64*, 7 explicitBounds double*, 9 attributes KeyValue*, 10 flags varint, 11 min double, 12 max double
`

export const messages: ReadonlyMap<string, Message> = new Map(
  source
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', fields = ''] = line.split(': ')
      return [name, new Map(fields.split(', ').map(parseField))]
    }),
)

function parseField(text: string): [number, Field] {
  const [number = '', name = '', type = ''] = text.split(' ')
  return [Number(number), { name, type: type.replace('*', ''), repeated: type.endsWith('*') }]
}
