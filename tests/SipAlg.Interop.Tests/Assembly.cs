// Two cores and real peers: one scenario at a time, so that what is measured is the gateway. ./test.sh has two runs beside each other,
// since most of the time is spent waiting: one of the classes with the trait Run "second", one of all others, about as long.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
