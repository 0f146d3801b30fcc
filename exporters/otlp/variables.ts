import { EvalspanError } from '../../src/exporter.ts'
import { maskUrl } from './mask-url.ts'
import { variable, type Signal } from './signal.ts'

export interface Variable {
  readonly name: string
  readonly value: string
}

/** OTLP's variables for one signal: each may be set for the signal alone, else for all. An empty one is not set. */
export class Variables {
  readonly signal: Signal
  readonly #environment: NodeJS.ProcessEnv

  constructor(signal: Signal, environment: NodeJS.ProcessEnv) {
    this.signal = signal
    this.#environment = environment
  }

  get(name: string): Variable | undefined {
    return this.specific(name) ?? this.generic(name)
  }

  specific(name: string): Variable | undefined {
    return this.#read(variable(this.signal, name))
  }

  generic(name: string): Variable | undefined {
    return this.#read(`OTEL_EXPORTER_OTLP_${name}`)
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const found = this.get(name)
    if (!found) return undefined
    const choice = choices.find((candidate) => candidate === found.value.toLowerCase())
    if (choice !== undefined) return choice
    throw new EvalspanError('BAD_OPTION', `${found.name} is "${found.value}": write one of ${choices.join(', ')}`)
  }

  /** Not negative. */
  number(name: string): number | undefined {
    const found = this.get(name)
    if (!found) return undefined
    const number = Number(found.value)
    if (Number.isFinite(number) && number >= 0) return number
    throw new EvalspanError('BAD_OPTION', `${found.name} is "${found.value}": write milliseconds`)
  }

  #read(name: string): Variable | undefined {
    const value = this.#environment[name]?.trim()
    return value ? { name, value } : undefined
  }
}

/** Whether a value can be shown, by the end of the variable's name. */
const settings = {
  ENDPOINT: maskUrl,
  PROTOCOL: asIs,
  HEADERS: undefined,
  TIMEOUT: asIs,
  COMPRESSION: asIs,
  CERTIFICATE: asIs,
  CLIENT_CERTIFICATE: asIs,
  CLIENT_KEY: undefined,
} satisfies Record<string, ((value: string) => string) | undefined>

/** What is set, `NAME=value`, or `NAME (set)` where the value may be a secret. */
export function describeVariables(variables: Variables): string[] {
  return Object.entries(settings).flatMap(([name, show]) => {
    // Headers of a signal are added to those of all; anything else takes their place.
    const found = show ? [variables.get(name)] : [variables.specific(name), variables.generic(name)]
    return found.flatMap((each) => (each ? [show ? `${each.name}=${show(each.value)}` : `${each.name} (set)`] : []))
  })
}

function asIs(value: string): string {
  return value
}
