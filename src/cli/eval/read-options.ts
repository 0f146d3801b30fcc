import { Option, type Command } from 'commander'
import { EvalspanError } from '../../errors.ts'
import type { EvaluateOptions } from '../../runner/options/evaluate-options.ts'
import { toGenerateSettings } from '../../runner/options/generate-config.ts'
import type { RetryOptions } from '../../runner/set/set-options.ts'
import type { TaskArgs } from '../../runner/run/task-args.ts'
import type { EvalOption, OptionGroups } from './options.ts'
import { truth } from './values.ts'

/** What the options of a command line say. */
export interface EvalSettings {
  readonly options: EvaluateOptions & RetryOptions
  /** Of tasks that are functions. */
  readonly args: TaskArgs
}

/** Adds options to a command, in groups. Returns what reads them, and their variables, once the command was parsed. */
export function addEvalOptions(
  command: Command,
  groups: OptionGroups,
): (environment: { readonly [variable: string]: string | undefined }) => EvalSettings {
  const added: (readonly [EvalOption, Option])[] = []
  for (const [heading, options] of Object.entries(groups)) {
    for (const each of options) {
      const option = new Option(each.flags, each.help).helpGroup(heading)
      const { read } = each
      if (read) option.argParser((value, before) => read(value, before))
      command.addOption(option)
      added.push([each, option])
    }
  }
  return (environment) => {
    const values = new Map<string, unknown>()
    for (const [each, option] of added) {
      const value = valueOfVariable(each, option, environment)
      if (value !== undefined) values.set(each.to, value)
    }
    // What is said on the command line goes before.
    for (const [{ to, read, bare }, option] of added) {
      const name = option.attributeName()
      if (command.getOptionValueSource(name) !== 'cli') continue
      const value: unknown = command.getOptionValue(name)
      values.set(to, value === true && read && bare !== undefined ? read(bare) : value)
    }
    return settingsOf(values)
  }
}

/** As Inspect: `INSPECT_EVAL_MAX_TOKENS` for `--max-tokens`. */
export function variablesOf({ flags, variables }: EvalOption): readonly string[] {
  const [, name] = /--([\w-]+)/.exec(flags)!
  return variables ?? [`INSPECT_EVAL_${name!.toUpperCase().replaceAll('-', '_')}`]
}

function valueOfVariable(
  each: EvalOption,
  { negate }: Option,
  environment: { readonly [variable: string]: string | undefined },
): unknown {
  const variable = variablesOf(each).find((name) => environment[name])
  if (variable === undefined) return undefined
  const said = environment[variable]!
  const { read, several } = each
  try {
    if (!read) {
      const isOn = truth(said)
      if (isOn === undefined) throw new Error('Give true or false.')
      return isOn ? !negate : undefined
    }
    const parts = several ? said.split(/\s+/).filter((part) => part !== '') : [said]
    return parts.reduce<unknown>((before, part) => read(part, before), undefined)
  } catch (error) {
    throw new EvalspanError('BAD_OPTION', `${variable}: '${said}' is invalid. ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function settingsOf(values: ReadonlyMap<string, unknown>): EvalSettings {
  const said: { [name: string]: unknown } = {}
  const parts: { [name: string]: { [name: string]: unknown } } = { config: {}, epochs: {} }
  for (const [to, value] of values) {
    const [first = '', second] = to.split('.')
    if (second === undefined) said[first] = value
    else parts[first]![second] = value
  }
  const { args, argsOfFile, configOfFile, ...options } = said
  const config = { ...toGenerateSettings((configOfFile ?? {}) as EvaluateOptions['config'] & {}), ...parts['config'] }
  return {
    options: {
      ...options,
      ...epochsOf(parts['epochs']!),
      ...(Object.keys(config).length > 0 && { config }),
    } as EvalSettings['options'],
    args: { ...(argsOfFile as TaskArgs | undefined), ...(args as TaskArgs | undefined) },
  }
}

function epochsOf({ epochs, reducer }: { readonly [name: string]: unknown }): Pick<EvaluateOptions, 'epochs'> {
  if (epochs !== undefined) {
    return { epochs: { epochs: epochs as number, reducer: reducer === false ? [] : (reducer as string[] | undefined) } }
  }
  if (reducer === undefined) return {}
  throw new EvalspanError('BAD_OPTION', `--${reducer === false ? 'no-' : ''}epochs-reducer needs --epochs`)
}
