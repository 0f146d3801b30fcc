import { delimiter, join } from 'node:path'
import { packageFolder } from '../package-folder.ts'

/** The environment in which a Python finds the forwarder without any installation, and the forwarder this listener. */
export function forwarderEnvironment(env: NodeJS.ProcessEnv, address: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { EVALSPAN_SOCKET: _, EVALSPAN_URL: __, EVALSPAN_TOKEN: ___, ...others } = env
  const python = join(packageFolder(), 'python')
  const folders = [join(python, 'boot'), join(python, 'src'), others['PYTHONPATH'] ?? '']
  return { ...others, ...address, PYTHONPATH: folders.filter((folder) => folder !== '').join(delimiter) }
}
