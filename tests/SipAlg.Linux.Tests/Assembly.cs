// Descriptors are the process's: tests that count them cannot share it with others.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
