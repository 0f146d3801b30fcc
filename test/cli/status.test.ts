import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, vi } from 'vitest'
import { agent, basic, down, OutboxScene } from './outbox-scene.ts'

describe('evalspan status', () => {
  it('tells by destination what was delivered, and what waits, was refused or came again, and why', async () => {
    await using scene = await OutboxScene.open()
    await scene.runApart(['replay', await scene.beginning(agent)])
    scene.answer(({ signal }) => (signal === 'logs' ? down : { status: 400, body: 'no such tenant' }))
    await scene.run(['replay', basic])
    // None of its variables is needed.
    scene.switchOff()
    const { exitCode, stdout, stderr } = await scene.run(['status'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      Outbox  FOLDER/outbox
        SIZE, begun TIME, instance UUID
        4 drafts are of processes that are gone: a replay of the log completes them, \`evalspan flush --seal\` closes them as incomplete

      otlp/logs  http://BACKEND/v1/logs
        2 produced = 0 delivered + 2 waiting + 0 rejected + 0 dropped
        2 waiting since TIME: http://BACKEND/v1/logs answered 503: down
        last error TIME

      otlp/traces  http://BACKEND/v1/traces
        37 produced = 17 delivered + 0 waiting + 20 rejected + 0 dropped
        20 rejected: http://BACKEND/v1/traces answered 400: no such tenant; solver system_message (e1cbfd958ef28081), chat basic (d2c153dca25a2bf5), solver generate (3823cea5bebb0fa0), …
        beside that: 4 drafts (begun, not ended)
        last delivered TIME

      otlp/metrics  http://BACKEND/v1/metrics
        42 produced = 0 delivered + 0 waiting + 42 rejected + 0 dropped
        42 rejected: http://BACKEND/v1/metrics answered 400: no such tenant
        last delivered TIME
      "
    `)
  })

  it('gives the same as JSON', async () => {
    await using scene = await OutboxScene.open()
    await scene.run(['replay', basic])
    const { stdout } = await scene.run(['status', '--json'])
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      {
        "outbox": {
          "folder": "FOLDER/outbox",
          "bytes": BYTES,
          "schema": 2,
          "instanceId": "UUID",
          "since": "TIME"
        },
        "drafts": 0,
        "lostDrafts": 0,
        "superseded": {
          "count": 0,
          "names": []
        },
        "destinations": [
          {
            "sink": "otlp/logs",
            "destination": "otlp/logs:HASH",
            "address": "http://BACKEND/v1/logs",
            "produced": 2,
            "delivered": 2,
            "waiting": 0,
            "rejected": 0,
            "dropped": 0,
            "drafts": 0,
            "superseded": 0,
            "lastDelivered": "TIME",
            "reasons": []
          },
          {
            "sink": "otlp/traces",
            "destination": "otlp/traces:HASH",
            "address": "http://BACKEND/v1/traces",
            "produced": 20,
            "delivered": 20,
            "waiting": 0,
            "rejected": 0,
            "dropped": 0,
            "drafts": 0,
            "superseded": 0,
            "lastDelivered": "TIME",
            "reasons": []
          },
          {
            "sink": "otlp/metrics",
            "destination": "otlp/metrics:HASH",
            "address": "http://BACKEND/v1/metrics",
            "isMetrics": true,
            "produced": 24,
            "delivered": 24,
            "waiting": 0,
            "rejected": 0,
            "dropped": 0,
            "drafts": 0,
            "superseded": 0,
            "lastDelivered": "TIME",
            "reasons": []
          }
        ]
      }
      "
    `)
  })

  it('says so where there is no outbox, and makes none', async () => {
    await using scene = await OutboxScene.open()
    const nothing = 'No outbox yet in FOLDER/outbox: nothing waits.\n'
    expect(await scene.run(['status'])).toEqual({ exitCode: 0, stdout: nothing, stderr: '' })
    const { exitCode, stdout } = await scene.run(['status', '--json'])
    expect({ exitCode, ...JSON.parse(stdout) }).toEqual({
      exitCode: 0,
      outbox: null,
      drafts: 0,
      lostDrafts: 0,
      superseded: { count: 0, names: [] },
      destinations: [],
    })
    expect(scene.has('')).toBe(false)
    vi.stubEnv('EVALSPAN_OUTBOX', 'none')
    expect((await scene.run(['status'])).stdout).toBe('EVALSPAN_OUTBOX is `none`: nothing is kept, so nothing waits.\n')
  })

  it('reads what others are writing, and leaves it as it is', async () => {
    await using scene = await OutboxScene.open()
    await scene.run(['replay', basic])
    const other = new DatabaseSync(join(scene.folder, 'outbox.db'))
    other.exec('BEGIN IMMEDIATE')
    const sessions = other.prepare('SELECT COUNT(*) AS count FROM session').get()
    const { exitCode, stdout } = await scene.run(['status'])
    expect({ exitCode, delivered: stdout.match(/20 produced = 20 delivered/g)?.length }).toEqual({
      exitCode: 0,
      delivered: 1,
    })
    expect(other.prepare('SELECT COUNT(*) AS count FROM session').get()).toEqual(sessions)
    other.close()
  })

  it('names an outbox that is damaged or of a newer version, and leaves it alone', async () => {
    await using scene = await OutboxScene.open()
    mkdirSync(scene.folder)
    const path = join(scene.folder, 'outbox.db')
    writeFileSync(path, 'not a database, and long enough to be taken for one'.repeat(100))
    expect(await scene.run(['status'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: the outbox FOLDER/outbox/outbox.db is damaged (file is not a database): the next run or replay sets it ' +
        'aside and begins a new one\n',
    })
    writeFileSync(path, '')
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    const { exitCode, stderr } = await scene.run(['status'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('the outbox was written by a newer evalspan (its schema is 99, this one knows 2)')
  })

  it('shows the outbox that is used while the folder that was meant cannot be, and tells of it later', async () => {
    await using scene = await OutboxScene.open()
    writeFileSync(scene.folder, 'a file')
    vi.stubEnv('EVALSPAN_OUTBOX', join(scene.folder, 'outbox'))
    scene.answer(({ signal }) => (signal === 'traces' ? down : 'ok'))
    await scene.run(['replay', basic])
    expect((await scene.run(['status'])).stdout).toMatch(/^Outbox {2}FOLDER\/evalspan-\d+\n/)

    rmSync(scene.folder)
    const more = /^20 items more in (FOLDER\/evalspan-\d+): EVALSPAN_OUTBOX=\1 `evalspan flush` sends them$/m
    expect((await scene.run(['status'])).stdout).toMatch(more)
    await scene.run(['replay', agent])
    expect((await scene.run(['status'])).stdout).toMatch(more)
    expect((await scene.run(['flush'])).stdout.replace(/\n {2}/g, ' ')).toMatch(more)
  })
})
