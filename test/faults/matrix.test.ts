import { faultCases } from './fault-cases.ts'
import { testFaults } from './test-faults.ts'

testFaults(faultCases)
