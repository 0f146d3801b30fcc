import { status } from '@grpc/grpc-js'
import { encode } from '../receiver/protobuf.ts'
import { answering, refusedConnection, type FaultCase } from './fault-case.ts'
import { GrpcBackend, type GrpcFault } from './grpc-backend.ts'

const start = (): Promise<GrpcBackend> => GrpcBackend.start()
const oneSecond = encode([1, 1])
const retryInfo = encode([1, 'type.googleapis.com/google.rpc.RetryInfo'], [2, encode([1, oneSecond])])
const statusDetails = encode([1, status.RESOURCE_EXHAUSTED], [2, 'slow down'], [3, retryInfo])

/** What goes wrong between an eval and a backend that speaks OTLP/gRPC. */
export const grpcCases: readonly FaultCase<GrpcBackend>[] = [
  refusedConnection(start),
  { ...broken('hang', 'wait', { answer: 'hang' }), isSilent: true },
  broken('UNAVAILABLE', 'wait', { answer: { code: status.UNAVAILABLE } }),
  broken('UNAUTHENTICATED', 'wait', { answer: { code: status.UNAUTHENTICATED } }),
  broken('INVALID_ARGUMENT', 'are parked', { answer: { code: status.INVALID_ARGUMENT } }),
  broken('RESOURCE_EXHAUSTED with RetryInfo', 'wait', { answer: { code: status.RESOURCE_EXHAUSTED, statusDetails } }),
  {
    ...broken('a server that takes small messages only', 'wait', {}),
    start: () => GrpcBackend.start(2_000),
    heals: false,
  },
  { ...broken('answer lost', 'wait', { cutsAnswers: true }), losesAnswers: true },
].map(overGrpc)

function overGrpc(fault: FaultCase<GrpcBackend>): FaultCase<GrpcBackend> {
  return { ...fault, variables: () => ({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }) }
}

function broken(name: string, items: 'wait' | 'are parked', fault: GrpcFault): FaultCase<GrpcBackend> {
  return answering(name, items, start, (backend) => backend.break(fault))
}
