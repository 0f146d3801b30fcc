import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import { replay } from '../../src/sources/replay.ts'
import { WebServer } from '../files/web-server.ts'

const fixtures = 'test/fixtures/inspect'

async function read(paths: readonly string[]): Promise<{ events: HookEvent[]; problems: string[] }> {
  const problems: string[] = []
  const events = await Array.fromAsync(replay(paths, { onProblem: (error) => problems.push(error.message) }))
  return { events, problems }
}

describe('replay of what lies on a web server', () => {
  it.each(['react_agent.eval', 'json_format.json', 'basic.hooks.jsonl'])(
    'fires what %s on the disk does',
    async (name) => {
      await using server = await WebServer.start()
      const url = server.serve(`/logs/${name}`, readFileSync(`${fixtures}/${name}`))
      expect(await read([`${url}?signature=hidden`])).toEqual(await read([`${fixtures}/${name}`]))
    },
  )

  it('tells of an eval set where it lies, without what may be secret', async () => {
    await using server = await WebServer.start()
    const folder = `${fixtures}/eval_set_retry_immediate`
    const local = await read([folder])
    const paths = local.events.flatMap((event) => (event.hook === 'onEvalSetStart' ? [event.data.log_dir] : []))
    expect(paths).toHaveLength(1)
    const name = '2026-11-21T09-11-19-00-00_t-a_RKFatcAXaPwaLSwHbpGtRa.eval'
    const url = server.serve(`/logs/${name}`, readFileSync(`${folder}/${name}`))
    const { events } = await read([`${url.replace('//', '//me:secret@')}?signature=hidden`])
    const [start] = events.flatMap((event) => (event.hook === 'onEvalSetStart' ? [event.data.log_dir] : []))
    expect(start).toBe(`http://${server.host}/logs`)
  })

  it('names what it cannot read, without what may be secret', async () => {
    await using server = await WebServer.start()
    const bad = server.serve('/bad.eval', 'no log')
    const { problems } = await read([
      `http://me:secret@${server.host}/nothing.eval?signature=hidden`,
      `http://${server.host}/nothing.jsonl?signature=hidden`,
      `${bad}?signature=hidden`,
      'http://127.0.0.1:99999/a.eval',
      'ftp://me:secret@host/a.eval',
    ])
    const { host } = server
    expect(problems).toEqual([
      `http://***@${host}/nothing.eval?***: there is no such file; check the path (${host} answered 404)`,
      `http://${host}/nothing.jsonl?***: there is no such file; check the path (${host} answered 404)`,
      `http://${host}/bad.eval?***: is neither a ZIP nor a JSON object; give an .eval or .json log that Inspect wrote`,
      'http://127.0.0.1:99999/a.eval: is no usable URL; check it',
      'ftp://***@host/a.eval: nothing can be read from ftp://; what can be is http://, https://, s3://, gs://, az:// and paths on the disk',
    ])
  })
})
