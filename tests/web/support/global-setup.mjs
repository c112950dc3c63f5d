/** Builds the page once before the suite, where what is built is not of these sources. */
import { buildPage } from '../../../scripts/lib/build.mjs'

export default function setup() {
  return buildPage()
}
