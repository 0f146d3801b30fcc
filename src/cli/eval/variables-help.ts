/** Which variables say what options do not: said once, since each option has one. */
export const variablesHelp =
  'Each option has the variable that it has in Inspect: INSPECT_EVAL_MODEL for --model, INSPECT_EVAL_MAX_TOKENS for\n' +
  '--max-tokens, INSPECT_LOG_DIR for --log-dir, INSPECT_EVAL_TASK_ARGS for -T. The command line goes before.'
