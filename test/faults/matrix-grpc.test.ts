import { grpcCases } from './grpc-cases.ts'
import { testFaults } from './test-faults.ts'

testFaults(grpcCases)
