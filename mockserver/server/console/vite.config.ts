import { defineConfig } from 'vite'

// Files with fixed names, so that two builds can be compared byte by byte; the mock serves them with an ETag. page.js is the first view;
// a part that is loaded later is a file of its own.
export default defineConfig({
  base: './',
  build: {
    target: ['chrome125', 'firefox128', 'safari18'],
    modulePreload: false,
    rolldownOptions: {
      input: { page: 'src/main.tsx' },
      output: { entryFileNames: 'page.js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
})
