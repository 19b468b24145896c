import { defineConfig } from 'vite'

// Two files with fixed names, so that two builds can be compared byte by byte; the mock serves them with an ETag.
export default defineConfig({
  build: {
    target: ['chrome125', 'firefox128', 'safari18'],
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      input: 'src/main.tsx',
      output: { entryFileNames: 'page.js', assetFileNames: 'page[extname]' },
    },
  },
})
