import { defineConfig, type Plugin } from 'vite'

// Vite would put a loader of styles and preloads around each import(). The page needs none: its styles are two files.
const plainImport: Plugin = {
  name: 'plain-import',
  enforce: 'pre',
  load: (id) => (id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load()' : undefined),
}

// Files with fixed names, so that two builds can be compared byte by byte; the mock serves them with an ETag. page.js and page.css are the first
// view, rest.js and rest.css all else, arabic.js the texts in Arabic.
export default defineConfig({
  base: './',
  plugins: [plainImport],
  build: {
    target: ['chrome125', 'firefox128', 'safari18'],
    modulePreload: false,
    rolldownOptions: {
      input: { page: 'src/main.tsx' },
      output: { entryFileNames: 'page.js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
})
