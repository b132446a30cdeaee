namespace SipAlg.Media.Tests.Kernel;

/// <summary>Sends on a thread of its own, one after the other, until it is ended. A test that fails ends it before its phones go.</summary>
internal sealed class Sending : IDisposable
{
    private const int First = 1000;
    private readonly CancellationTokenSource _done = new();
    private readonly Thread _thread;
    private Exception? _fault;
    private int _sent;

    /// <param name="send">Is given the number of the packet.</param>
    public Sending(Action<int> send)
    {
        _thread = new Thread(() => _fault = Record.Exception(() =>
        {
            for (; !_done.IsCancellationRequested; _sent++)
            {
                send(First + _sent);
            }
        }));
        _thread.Start();
    }

    /// <returns>How many were sent.</returns>
    public int End()
    {
        Stop();
        Assert.Null(_fault);
        return _sent;
    }

    public void Dispose()
    {
        Stop();
        _done.Dispose();
    }

    private void Stop()
    {
        _done.Cancel();
        _thread.Join();
    }
}
