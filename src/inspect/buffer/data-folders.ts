import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * The folders that Inspect may keep its data in, as the Python package platformdirs chooses them. Newer versions of it
 * heed XDG_DATA_HOME on macOS too, older ones do not, so there may be two.
 */
export function dataFolders(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string[] {
  const home = env['HOME'] || homedir()
  const xdg = env['XDG_DATA_HOME'] ?? ''
  const given = isAbsolute(xdg) ? [join(xdg, 'inspect_ai')] : []
  if (platform === 'darwin') return [...given, join(home, 'Library/Application Support/inspect_ai')]
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? join(homedir(), 'AppData/Local')
    return [...given, join(local, 'inspect_ai', 'inspect_ai')]
  }
  return given.length > 0 ? given : [join(home, '.local/share/inspect_ai')]
}
