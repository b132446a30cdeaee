using System.Collections.Concurrent;

namespace SipAlg.Linux;

/// <summary>
/// A thread that keeps capabilities which all others give up, for the little that wants them; they end with it. Begun before the others give them up,
/// since nobody can take them back.
/// </summary>
public sealed class CapableThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <param name="name">The thread's.</param>
    /// <param name="kept">Capabilities, of those that the calling thread has.</param>
    public CapableThread(string name, params int[] kept)
    {
        _thread = new Thread(() => Serve(kept)) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Any thread: has something done there, and waits for it. Not after <see cref="Dispose"/>.</summary>
    /// <returns>What the work returns; what it throws is thrown here.</returns>
    public T Do<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Serve(int[] kept)
    {
        Capabilities.Keep(kept);
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
