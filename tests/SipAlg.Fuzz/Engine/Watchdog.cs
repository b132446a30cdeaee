namespace SipAlg.Fuzz.Engine;

/// <summary>Ends the program when an input is under way for too long: a reader that never ends cannot say so itself.</summary>
internal sealed class Watchdog : IDisposable
{
    private const long Most = 60_000;
    private readonly FuzzSession _session;
    private readonly Timer _timer;

    public Watchdog(FuzzSession session)
    {
        _session = session;
        _timer = new Timer(_ => Look(), null, 5000, 5000);
    }

    private void Look()
    {
        foreach (var run in _session.Runs)
        {
            var began = run.Busy;
            if (began != 0 && Environment.TickCount64 - began > Most)
            {
                Console.Error.WriteLine($"{run.Target.Name}: an input takes more than {Most / 1000} s.\n{Convert.ToHexString(run.Current)}");
                Environment.Exit(1);
            }
        }
    }

    public void Dispose() => _timer.Dispose();
}
