import { pageHead } from "../parts.js"; export const show = root => root.append(pageHead("dialplan"));
