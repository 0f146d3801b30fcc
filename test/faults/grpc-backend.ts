import { GrpcReceiver, type GrpcAnswer } from '../receiver/grpc-receiver.ts'
import type { FaultyBackend } from './faulty-backend.ts'
import { Ledger } from './ledger.ts'
import { TcpProxy } from './tcp-proxy.ts'

export interface GrpcFault {
  /** In place of `OK`. */
  readonly answer?: GrpcAnswer
  /** Requests are taken and connections cut in place of the answers. */
  readonly cutsAnswers?: boolean
}

/** An OTLP/gRPC backend on loopback with faults, which keeps account of what it took. */
export class GrpcBackend implements FaultyBackend {
  readonly #ledger = new Ledger()
  readonly #receiver: GrpcReceiver
  readonly #proxy: TcpProxy
  #noted = 0
  #cutsAnswers = false
  #cuts = 0

  private constructor(receiver: GrpcReceiver, proxy: TcpProxy) {
    this.#receiver = receiver
    this.#proxy = proxy
    proxy.cutsAnswer = () => this.#cutsAnswers && this.#cut()
  }

  static async start(mostBytes?: number): Promise<GrpcBackend> {
    const receiver = await GrpcReceiver.start({ mostBytes })
    return new GrpcBackend(receiver, await TcpProxy.start(Number(new URL(receiver.url).port)))
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get port(): number {
    return this.#proxy.port
  }

  get faulty(): number {
    return this.#cutsAnswers ? this.#cuts : this.#receiver.requests
  }

  get ledger(): Ledger {
    this.#note(false)
    return this.#ledger
  }

  break({ answer = 'ok', cutsAnswers = false }: GrpcFault): void {
    this.#receiver.answer = answer
    this.#cutsAnswers = cutsAnswers
  }

  heal(): void {
    this.break({})
  }

  listen(): Promise<void> {
    return this.#proxy.listen()
  }

  close(): Promise<void> {
    return this.#proxy.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy.close()
    await this.#receiver.close()
  }

  #cut(): boolean {
    const took = this.#note(true) > 0
    if (took) this.#cuts += 1
    return took
  }

  /** Puts what came since into the ledger; how many requests that were. */
  #note(lost: boolean): number {
    const fresh = this.#receiver.taken.slice(this.#noted)
    this.#noted += fresh.length
    for (const received of fresh) this.#ledger.take(received).lost = lost
    return fresh.length
  }
}
