import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { discoverHooks } from '../../src/hooks/discovery.ts'
import { globalRegistry, Registry } from '../../src/hooks/registry.ts'
import { installed, project, registering, registerUrl } from './project.ts'

const declaring = { type: 'module', evalspan: { hooks: './registry.js' } }

describe('discoverHooks', () => {
  it("imports the project's own hooks and those of its direct dependencies of every kind, in order", async () => {
    const folder = await project({
      'package.json': {
        ...declaring,
        name: 'my-evals',
        dependencies: { plain: '1', '@team/slack': '1', 'not-installed': '1' },
        devDependencies: { dev: '1', plain: '1' },
        optionalDependencies: { optional: '1' },
        peerDependencies: { peer: '1' },
      },
      'registry.js': registering('own'),
      ...installed('node_modules/plain', { type: 'module', exports: './main.js' }, { 'main.js': 'throw 1' }),
      ...installed(
        'node_modules/@team/slack',
        { ...declaring, name: '@team/slack' },
        { 'registry.js': registering('post') },
      ),
      ...installed('node_modules/dev', { ...declaring, exports: './none.js' }, { 'registry.js': registering('dev') }),
      ...installed('node_modules/optional', declaring, { 'registry.js': registering('optional') }),
      ...installed('node_modules/peer', declaring, { 'registry.js': registering('peer') }),
      ...installed('node_modules/indirect', declaring, { 'registry.js': registering('indirect') }),
    })
    expect(await discover(folder)).toEqual({
      names: ['my-evals/own', '@team/slack/post', 'dev/dev', 'optional/optional', 'peer/peer'],
      reports: [],
    })
  })

  it('starts from the nearest package.json above, and finds packages further up', async () => {
    const folder = await project({
      'package.json': { dependencies: { other: '1' } },
      'apps/evals/package.json': { dependencies: { hoisted: '1' } },
      'apps/evals/suites/deep/x.txt': '',
      ...installed('node_modules/hoisted', declaring, { 'registry.js': registering('found') }),
      ...installed('node_modules/other', declaring, { 'registry.js': registering('other') }),
    })
    expect((await discover(join(folder, 'apps/evals/suites/deep'))).names).toEqual(['hoisted/found'])
  })

  it('finds nothing, and says nothing, in a folder without hooks', async () => {
    const folder = await project({ 'package.json': { name: 'empty', evalspan: {} }, 'a/b.txt': '' })
    expect(await discover(join(folder, 'a'))).toEqual({ names: [], reports: [] })
  })

  it('follows the symbolic links of pnpm and of workspaces', async () => {
    const store = 'node_modules/.pnpm/stored@1.0.0/node_modules/stored'
    const folder = await project({
      'package.json': { dependencies: { stored: '1', workspace: '1' } },
      ...installed(store, declaring, { 'registry.js': registering('linked') }),
      ...installed('packages/workspace', { ...declaring, name: 'workspace' }, { 'registry.js': registering('local') }),
    })
    await symlink(join(folder, store), join(folder, 'node_modules/stored'), 'junction')
    await symlink(join(folder, 'packages/workspace'), join(folder, 'node_modules/workspace'), 'junction')
    expect(await discover(folder)).toEqual({ names: ['stored/linked', 'workspace/local'], reports: [] })
  })

  it('names hooks that are registered after an await, and lazy ones, after their package', async () => {
    const module = `await new Promise((resolve) => setTimeout(resolve, 5))\n${registering('late')}`
    const folder = await project({
      'package.json': { dependencies: { workspace: '1' } },
      ...installed(
        'packages/workspace',
        { ...declaring, name: 'workspace' },
        {
          'registry.js': `import { hooks } from '${registerUrl}'
          await 1
          hooks('lazy', '')(() => import('./late.js').then(() => class {}))
          await import('./late.js')`,
          'late.js': module,
        },
      ),
    })
    await mkdir(join(folder, 'node_modules'))
    await symlink(join(folder, 'packages/workspace'), join(folder, 'node_modules/workspace'), 'junction')
    const { registry, reports } = await discoverInto(folder)
    await registry.load((message) => reports.push(message))
    expect({ names: registry.list().map(({ name }) => name), reports }).toEqual({
      names: ['workspace/late'],
      reports: [
        "hooks 'workspace/lazy' cannot be loaded and are left out: hooks 'workspace/lazy' have to be a class that extends " +
          'Hooks, or a function without arguments that returns one; its function returned class (without a name), ' +
          'which does not extend Hooks',
      ],
    })
  })

  it('gives a registry that comes later the same hooks, and the registry of the process none', async () => {
    const folder = await project({ 'package.json': declaring, 'registry.js': registering('isolated') })
    const both = await Promise.all([discover(folder), discover(folder)])
    const third = await discover(folder)
    expect([...both, third].map(({ names }) => names)).toEqual([['isolated'], ['isolated'], ['isolated']])
    expect(globalRegistry.list().map(({ name }) => name)).not.toContain('isolated')
  })

  it('reports each failure in one line, and loads the others', async () => {
    const folder = await project({
      'package.json': {
        evalspan: { hooks: '../elsewhere.js' },
        dependencies: {
          malformed: '1',
          list: '1',
          text: '1',
          number: '1',
          empty: '1',
          absolute: '1',
          missing: '1',
          folder: '1',
          throwing: '1',
          importing: '1',
          syntax: '1',
          '../outside': '1',
          fine: '1',
        },
        devDependencies: ['fine'],
      },
      'node_modules/malformed/package.json': '{"name": "malformed",}',
      'node_modules/list/package.json': '[]',
      'node_modules/text/package.json': { evalspan: './registry.js' },
      'node_modules/number/package.json': { evalspan: { hooks: 1 } },
      'node_modules/empty/package.json': { evalspan: { hooks: '' } },
      'node_modules/absolute/package.json': { evalspan: { hooks: '/etc/hooks.js' } },
      'node_modules/missing/package.json': { evalspan: { hooks: './dist/registry.js' } },
      'node_modules/folder/package.json': { evalspan: { hooks: '.' } },
      ...installed('node_modules/throwing', declaring, { 'registry.js': "throw new Error('no\\n  licence')" }),
      ...installed('node_modules/importing', declaring, { 'registry.js': "import 'nowhere-to-be-found'" }),
      ...installed('node_modules/syntax', declaring, { 'registry.js': 'const = 1' }),
      ...installed('node_modules/fine', declaring, { 'registry.js': registering('fine') }),
    })
    const { names, reports } = await discover(folder)
    expect(names).toEqual(['fine/fine'])
    expect(reports.map((line) => line.replaceAll(folder, '/project'))).toMatchInlineSnapshot(`
      [
        "hooks of the project's devDependencies are left out: "devDependencies" in /project/package.json has to be an object: correct the file",
        "hooks of this project are left out: "evalspan.hooks" in /project/package.json leads out of its package ('../elsewhere.js'): name a file inside of it",
        "hooks of package 'malformed' are left out: /project/node_modules/malformed/package.json cannot be read as JSON (Expected double-quoted property name in JSON at position 21 (line 1 column 22)): correct the file",
        "hooks of package 'list' are left out: /project/node_modules/list/package.json does not hold a JSON object: correct the file",
        "hooks of package 'text' are left out: "evalspan" in /project/node_modules/text/package.json has to be an object such as {"hooks": "./registry.js"}",
        "hooks of package 'number' are left out: "evalspan.hooks" in /project/node_modules/number/package.json has to be the path of a module, such as "./registry.js"",
        "hooks of package 'empty' are left out: "evalspan.hooks" in /project/node_modules/empty/package.json has to be the path of a module, such as "./registry.js"",
        "hooks of package 'absolute' are left out: "evalspan.hooks" in /project/node_modules/absolute/package.json leads out of its package ('/etc/hooks.js'): name a file inside of it",
        "hooks of package 'missing' are left out: /project/node_modules/missing/dist/registry.js, which "evalspan.hooks" in /project/node_modules/missing/package.json names, is no file: build the package, or correct the path",
        "hooks of package 'folder' are left out: /project/node_modules/folder, which "evalspan.hooks" in /project/node_modules/folder/package.json names, is no file: build the package, or correct the path",
        "hooks of package 'throwing' are left out: /project/node_modules/throwing/registry.js cannot be imported (no licence): correct it, or leave it out",
        "hooks of package 'importing' are left out: /project/node_modules/importing/registry.js cannot be imported (Cannot find package 'nowhere-to-be-found' imported from /project/node_modules/importing/registry.js): correct it, or leave it out",
        "hooks of package 'syntax' are left out: /project/node_modules/syntax/registry.js cannot be imported (Unexpected token '='): correct it, or leave it out",
        "hooks of package '../outside' are left out: it is no name of a package: correct the package.json",
      ]
    `)
  })

  it('reports a package.json of the project that cannot be read, and still loads EVALSPAN_PLUGINS', async () => {
    const folder = await project({ 'package.json': '{"dependencies":', 'more.js': registering('more') })
    const { names, reports } = await discover(folder, './more.js')
    expect(names).toEqual(['more'])
    expect(reports.map((line) => line.replaceAll(folder, '/project'))).toMatchInlineSnapshot(`
      [
        "hooks of this project and of its dependencies are left out: /project/package.json cannot be read as JSON (Unexpected end of JSON input): correct the file",
      ]
    `)
  })

  it('loads the packages, paths and URLs that EVALSPAN_PLUGINS names, each once', async () => {
    const folder = await project({
      'package.json': { dependencies: { direct: '1' } },
      'relative.js': registering('relative'),
      'absolute.ts': registering('absolute'),
      'with space.js': registering('url'),
      'sub/parent.js': registering('parent'),
      ...installed('node_modules/direct', declaring, { 'registry.js': registering('direct') }),
      ...installed('node_modules/@team/indirect', declaring, { 'registry.js': registering('indirect') }),
      ...installed('node_modules/indirect', declaring, { 'registry.js': registering('bare') }),
    })
    const plugins = [
      '@team/indirect',
      ' indirect ',
      'direct',
      './relative.js',
      './sub/../relative.js',
      join(folder, 'absolute.ts'),
      pathToFileURL(join(folder, 'with space.js')).href,
      '',
      '../' + folder.split('/').at(-1) + '/sub/parent.js',
    ]
    expect(await discover(folder, plugins.join(','))).toEqual({
      names: ['direct/direct', '@team/indirect/indirect', 'indirect/bare', 'relative', 'absolute', 'url', 'parent'],
      reports: [],
    })
  })

  it('reports what EVALSPAN_PLUGINS names and cannot be loaded', async () => {
    const folder = await project({
      'node_modules/plain/package.json': {},
      'folder/x.js': '',
      'broken.js': 'throw undefined',
      'fine.js': registering('fine'),
    })
    const plugins =
      'absent, plain, ./absent.js, ./folder, file:///nowhere.js, file://host/x.js, https://host/x.js, a/b/c, ./broken.js, ./fine.js'
    const { names, reports } = await discover(folder, plugins)
    expect(names).toEqual(['fine'])
    expect(reports.map((line) => line.replaceAll(folder, '/project'))).toMatchInlineSnapshot(`
      [
        "hooks of 'absent' in EVALSPAN_PLUGINS are left out: no such package is installed for /project: npm install absent, or write ./absent if a file is meant",
        "hooks of 'plain' in EVALSPAN_PLUGINS are left out: /project/node_modules/plain/package.json declares no hooks: it needs "evalspan": {"hooks": "./registry.js"}, or name the file instead of the package",
        "hooks of './absent.js' in EVALSPAN_PLUGINS are left out: /project/absent.js is no file: correct the path, which is relative to the working folder",
        "hooks of './folder' in EVALSPAN_PLUGINS are left out: /project/folder is no file: correct the path, which is relative to the working folder",
        "hooks of 'file:///nowhere.js' in EVALSPAN_PLUGINS are left out: /nowhere.js is no file: correct the path, which is relative to the working folder",
        "hooks of 'file://host/x.js' in EVALSPAN_PLUGINS are left out: File URL host must be "localhost" or empty on linux",
        "hooks of 'https://host/x.js' in EVALSPAN_PLUGINS are left out: it is neither the name of a package nor a path: a path begins with ./ or /",
        "hooks of 'a/b/c' in EVALSPAN_PLUGINS are left out: it is neither the name of a package nor a path: a path begins with ./ or /",
        "hooks of './broken.js' in EVALSPAN_PLUGINS are left out: /project/broken.js cannot be imported (undefined): correct it, or leave it out",
      ]
    `)
  })

  it("leaves out everything when EVALSPAN_PLUGINS is 'none'", async () => {
    const folder = await project({
      'package.json': { ...declaring, dependencies: { direct: '1' } },
      'registry.js': registering('own'),
      'more.js': registering('more'),
      ...installed('node_modules/direct', declaring, { 'registry.js': registering('direct') }),
    })
    expect(await discover(folder, ' none ')).toEqual({ names: [], reports: [] })
    expect(await discover(folder, 'none,./more.js')).toEqual({
      names: [],
      reports: ["EVALSPAN_PLUGINS says 'none', which leaves out './more.js' as well: remove 'none' to load them"],
    })
  })
})

async function discover(cwd: string, plugins?: string): Promise<{ names: string[]; reports: string[] }> {
  const { registry, reports } = await discoverInto(cwd, plugins)
  return { names: registry.list().map(({ name }) => name), reports }
}

async function discoverInto(cwd: string, plugins?: string): Promise<{ registry: Registry; reports: string[] }> {
  const registry = new Registry()
  const reports: string[] = []
  const report = (message: string): void => void reports.push(message)
  await discoverHooks({ cwd, env: { EVALSPAN_PLUGINS: plugins }, registry, report })
  return { registry, reports }
}
