using System.Diagnostics;
using SipAlg.Fuzz;

// dotnet run -c Release --project tests/SipAlg.Fuzz -- --inputs 1000000 --seed 1
// A failing seed is printed; --inputs 1 --seed N does it again.
if (!TryOption("--inputs", 100_000, out var inputs) || !TryOption("--seed", 1, out var seed))
{
    Console.Error.WriteLine("usage: --inputs N --seed S");
    return 2;
}

Target[] targets = [new SipTarget(), new SdpTarget(), new StreamTarget(), new LaneTarget(), new XmlTarget(), new DnsTarget()];
var clock = Stopwatch.StartNew();
for (var n = 0; n < inputs; n++)
{
    var failure = Run(targets[(uint)(seed + n) % (uint)targets.Length], seed + n);
    if (failure is not null)
    {
        Console.Error.WriteLine(failure);
        return 1;
    }
}

Console.WriteLine($"{inputs} inputs from seed {seed}: no failure in {clock.Elapsed.TotalSeconds:F0} s.");
return 0;

static string? Run(Target target, int seed)
{
    var input = target.Input(seed);
    try
    {
        return target.Check(input, seed) is { } problem ? $"seed {seed}, {target.Name}: {problem}\n{Convert.ToHexString(input)}" : null;
    }
    catch (Exception fault)
    {
        return $"seed {seed}, {target.Name}: {fault}\n{Convert.ToHexString(input)}";
    }
}

bool TryOption(string name, int byDefault, out int value)
{
    var at = Array.IndexOf(args, name);
    value = byDefault;
    return at < 0 || (at + 1 < args.Length && int.TryParse(args[at + 1], out value));
}
