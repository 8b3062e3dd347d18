"""python -m benchmarks.quality: see `models`."""

from benchmarks.quality.models import main

if __name__ == "__main__":
    raise SystemExit(main())
