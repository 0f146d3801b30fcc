import type { Sample } from '../sample.ts'

/** A record of a file: a JSON object, or a row of a table with its columns as fields. */
export type DatasetRecord = { readonly [field: string]: unknown }

/** Which fields of a record make a sample; a field that is not named here has the name it has in the sample. */
export interface FieldSpec {
  readonly input?: string | undefined
  readonly target?: string | undefined
  /** A list, or a text with the choices between commas or spaces. */
  readonly choices?: string | undefined
  readonly id?: string | undefined
  /** Not read when left out. */
  readonly description?: string | undefined
  /** The fields that become metadata; when left out it is the object (or its JSON) in the field `metadata`. */
  readonly metadata?: readonly string[] | undefined
}

/** Makes a sample of a record, or several; none for an empty list. */
export type RecordToSample = (record: DatasetRecord) => Sample | readonly Sample[]

export interface FileDatasetOptions {
  /** As Inspect's `sample_fields`; when left out the fields of records have the names that they have in samples. */
  readonly sampleFields?: FieldSpec | RecordToSample | undefined
  /** For the log; the file's name without its ending when left out. */
  readonly name?: string | undefined
  /** How many samples to take at most; the rest of the file is not read, unless they are shuffled. */
  readonly limit?: number | undefined
  /** Numbers the samples from 1, whatever ids they have. */
  readonly autoId?: boolean | undefined
  /** Puts the samples in random order; a number is the seed, with which the order is always the same, and that of Inspect. */
  readonly shuffle?: boolean | number | undefined
  /** Puts the choices of each sample in random order, and its target with them; a number is the seed. */
  readonly shuffleChoices?: boolean | number | undefined
}

export const fileDatasetOptions = {
  sampleFields: true,
  name: true,
  limit: true,
  autoId: true,
  shuffle: true,
  shuffleChoices: true,
} satisfies Record<keyof FileDatasetOptions, true>
