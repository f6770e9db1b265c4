export { completeFilter, type Completion, type FilterVocabulary, type Suggestion } from "./complete-filter.ts";
export {
  choicesOf,
  type FilterFieldName,
  type FilterHealth,
  filterFieldNames,
  filterHealths,
  OPERATORS_OF,
  typeOfField,
} from "./fields.ts";
export {
  type Comparison,
  conditionsOf,
  containing,
  type Filter,
  type FilterNode,
  filterOfConditions,
  type FilterSubject,
  joinNodes,
} from "./filter.ts";
export { type FilterError, type FilterErrorCode, sayFilterError } from "./filter-error.ts";
export { colourFilter, type ColouredPart } from "./colour-filter.ts";
export { type FilterableDevice, matchesFilter, splitPattern } from "./match-filter.ts";
export { FILTER_LIMITS, type ParsedFilter, parseFilter } from "./parse-filter.ts";
export { printFilter } from "./print-filter.ts";
