// Counts tries per key in memory, in windows of fixed length. What is kept is bounded: keys are digests, and few.

import { createHash } from 'node:crypto'

const digest = key => createHash('sha256').update(key).digest('base64')

export class Tries {
  #windows = new Map()

  constructor(most, windowS, kept = 50_000) {
    this.most = most
    this.windowMs = windowS * 1000
    this.kept = kept
  }

  get size() {
    return this.#windows.size
  }

  // 0 when the key may try, which is counted at once (many tries at the same time count too); else seconds to wait.
  take(key, now = Date.now()) {
    const id = digest(key)
    let window = this.#windows.get(id)
    if (!window || window.until <= now) {
      this.#windows.delete(id)
      this.#makeRoom(now)
      window = { tries: 0, until: now + this.windowMs }
      this.#windows.set(id, window)
    }
    if (window.tries >= this.most) return Math.max(1, Math.ceil((window.until - now) / 1000))
    window.tries += 1
    return 0
  }

  // Whether the key has no try left.
  isSpent(key) {
    return (this.#windows.get(digest(key))?.tries ?? 0) >= this.most
  }

  // The try was none: it succeeded, or was never judged.
  giveBack(key) {
    const window = this.#windows.get(digest(key))
    if (window?.tries) window.tries -= 1
  }

  clear(key) {
    this.#windows.delete(digest(key))
  }

  // Forgets what is over, then who may still try, then the oldest: a flood of new keys does not free a spent one.
  #makeRoom(now) {
    const drop = unwanted => {
      if (this.#windows.size < this.kept) return
      for (const [id, window] of this.#windows) if (unwanted(window)) this.#windows.delete(id)
    }
    drop(window => window.until <= now)
    drop(window => window.tries < this.most)
    if (this.#windows.size >= this.kept) this.#windows.delete(this.#windows.keys().next().value)
  }
}
