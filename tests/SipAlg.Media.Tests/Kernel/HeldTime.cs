namespace SipAlg.Media.Tests.Kernel;

/// <summary>The system's time, for which relay threads can be made to wait.</summary>
internal sealed class HeldTime : TimeProvider
{
    private volatile bool _isHeld;

    public void Hold() => _isHeld = true;

    public void Release() => _isHeld = false;

    public override long GetTimestamp()
    {
        if (_isHeld && Thread.CurrentThread.Name?.StartsWith("relay", StringComparison.Ordinal) == true)
        {
            SpinWait.SpinUntil(() => !_isHeld);
        }

        return base.GetTimestamp();
    }
}
