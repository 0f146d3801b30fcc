import { readFileSync, readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isThere, processStart } from '../../processes.ts'
import { isFields } from '../fields.ts'
import { parseText } from '../text.ts'

/** The process that writes a folder beside a log. Inspect's own folders do not tell. */
export interface FolderWriter {
  readonly pid: number
  /** When it started, in the kernel's own count; undefined where that cannot be known. */
  readonly start?: string | undefined
  /** Where its number means something: a start of a machine, and a container on it. Undefined where that cannot be known. */
  readonly place?: string | undefined
}

/** In the folder: who writes it. */
export const writerName = 'evalspan.json'

export function thisWriter(): FolderWriter {
  return { pid: process.pid, start: processStart(process.pid), place: placeOfProcesses() }
}

/** Undefined for a folder of Inspect's, and one that is gone. */
export async function readWriter(folder: string): Promise<FolderWriter | undefined> {
  try {
    return parseWriter(await readFile(join(folder, writerName), 'utf8'))
  } catch {
    return undefined
  }
}

/** Undefined for a text that does not tell. */
export function parseWriter(text: string): FolderWriter | undefined {
  try {
    const record = parseText(text)
    if (!isFields(record) || typeof record['pid'] !== 'number') return undefined
    const { pid, start, place } = record
    return { pid, start: textOrNone(start), place: textOrNone(place) }
  } catch {
    return undefined
  }
}

/** Whether the process has ended; undefined when that cannot be seen from here. */
export function hasEnded({ pid, start, place }: FolderWriter): boolean | undefined {
  if (start === undefined || place === undefined || place !== placeOfProcesses()) return undefined
  return !isThere(pid) || processStart(pid) !== start
}

function placeOfProcesses(): string | undefined {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return undefined
  }
}

function textOrNone(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
