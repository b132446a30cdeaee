// Two cores and real peers: one scenario at a time, so that what is measured is the gateway.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
