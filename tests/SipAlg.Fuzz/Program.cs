using System.Diagnostics;
using System.Globalization;
using SipAlg.Fuzz;
using SipAlg.Fuzz.Engine;

// dotnet run -c Release --project tests/SipAlg.Fuzz -- --inputs 100000000 --seed 1
// CONTRIBUTING.md says more; --replay FILE --only TARGET does a finding again.
var options = FuzzOptions.Read(args);
if (options is null)
{
    Console.Error.WriteLine("usage: [--inputs N] [--seconds N] [--seed N] [--only TARGET,...] [--findings FOLDER] | --only TARGET --replay FILE | --list");
    return 2;
}

var targets = FuzzTargets.Make(options.Only);
if (options.Lists)
{
    Console.WriteLine(string.Join('\n', targets.Select(target => target.Name)));
    return 0;
}

if (options.Replay is { } file)
{
    var input = new FuzzInput();
    input.Set(File.ReadAllBytes(file));
    var problem = new Trial(targets[0]).Run(input, new Features());
    Console.WriteLine($"{targets[0].Name}: {problem ?? "no failure"}");
    return problem is null ? 0 : 1;
}

var clock = Stopwatch.StartNew();
var session = new FuzzSession(targets, options.Seed) { Watch = Show };
using var watchdog = new Watchdog(session);
session.Run(options.Inputs, options.Seconds);
Show(session);
foreach (var run in session.Runs)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {run.Target.Name,-10} {run.Inputs,12:N0} inputs, {run.FeatureCount,6} features, {run.CorpusCount,5} kept{(run.Unconfirmed > 0 ? $", {run.Unconfirmed} not confirmed, the last: {run.LastUnconfirmed}" : "")}"));
}

foreach (var finding in session.Findings)
{
    Console.WriteLine($"{finding}\n  again: --only {finding.Target} --replay {finding.Save(options.Findings)}");
}

return session.Findings.Count == 0 ? 0 : 1;

void Show(FuzzSession of) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"seed {options.Seed}: {of.Inputs:N0} inputs in {clock.Elapsed.TotalSeconds:F0} s, {of.Inputs / clock.Elapsed.TotalSeconds:N0}/s, {of.Findings.Count} findings"));
