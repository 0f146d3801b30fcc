import { hooks } from 'evalspan'

// Imported in every project that depends on this package, so it imports nothing heavy itself.
hooks(
  'words',
  'Counts the words of all answers',
)(() => import('./word-counter.js').then((module) => module.WordCounter))
