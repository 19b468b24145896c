import { defineConfig } from '@playwright/test'

export default defineConfig({
  testMatch: '*.spec.ts',
  // A browser that is installed already: CHROMIUM=/usr/bin/chromium npx playwright test
  use: { launchOptions: { ...(process.env['CHROMIUM'] ? { executablePath: process.env['CHROMIUM'] } : {}), args: ['--no-sandbox'] } },
})
