import { messageOf } from '../errors.ts'
import { discoverHooks } from '../hooks/discovery.ts'
import { globalRegistry } from '../hooks/registry.ts'
import { checkRequiredHooks } from '../hooks/required.ts'
import type { CliContext } from './context.ts'
import type { Finding } from './doctor-report.ts'

/** Whether the hooks of the project, of its dependencies and of plugins can be loaded, and the required ones are there. */
export async function checkHooks({ cwd }: CliContext): Promise<Finding[]> {
  const problems: string[] = []
  const report = (message: string): void => void problems.push(message)
  await discoverHooks({ cwd, env: process.env, registry: globalRegistry, report })
  await globalRegistry.load(report)
  const names = globalRegistry.list().map(({ name }) => name)
  const registered = names.length === 0 ? 'none besides those of evalspan' : names.join(', ')
  return [
    { what: 'registered', ok: true, detail: registered },
    ...problems.map((detail) => ({ what: 'loading', ok: false, detail })),
    checkRequired(),
  ]
}

function checkRequired(): Finding {
  try {
    checkRequiredHooks({ host: 'inspect', registry: globalRegistry })
  } catch (error) {
    return { what: 'required', ok: false, detail: messageOf(error) }
  }
  const required = process.env['EVALSPAN_REQUIRED_HOOKS']?.trim()
  return { what: 'required', ok: true, detail: required ? `all are there: ${required}` : 'none are' }
}
