using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/SipAlg.Benchmarks -- --filter '*Parse*' --launchCount 10
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
