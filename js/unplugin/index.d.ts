import type { UnpluginInstance } from 'unplugin';
import type { OptimizeOptions } from 'wring';

export interface WringPluginOptions extends OptimizeOptions {
  /** A folder for results by content, options and version, kept between builds. Default: none. */
  cache?: string;
  /** Print a line for each module. Default: true. */
  report?: boolean;
  /** Drop exports that the scripts of the output cannot touch; assumes that nothing else uses the modules. Default: false. */
  dropExports?: boolean;
  /** Which outputs; default: /\.wasm$/. */
  include?: RegExp;
}

declare const wring: UnpluginInstance<WringPluginOptions | undefined>;
export default wring;
