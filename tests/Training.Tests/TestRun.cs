// libtorch uses all cores for each product, and its thread count is part of what makes runs repeat byte for byte.
[assembly: DoNotParallelize]
