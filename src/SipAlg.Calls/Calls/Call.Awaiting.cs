using SipAlg.Calls.Legs;

namespace SipAlg.Calls.Calls;

/// <content>A transfer to somebody who still rings: it waits for the answer.</content>
internal sealed partial class Call
{
    private Transfer? _awaiting;

    /// <summary>Tells the transfer once this call is answered, or over.</summary>
    /// <returns>False if it is not being set up, or another one waits already.</returns>
    public bool TryAwait(Transfer transfer)
    {
        if (_phase != CallPhase.Setup || _awaiting is not null || _isAttempt)
        {
            return false;
        }

        _awaiting = transfer;
        return true;
    }

    public void StopAwaiting(Transfer transfer) => _awaiting = _awaiting == transfer ? null : _awaiting;

    /// <summary>Who was waited for has answered.</summary>
    private void EndWait()
    {
        if (_awaiting is { } transfer)
        {
            _awaiting = null;
            transfer.Call.OnAwaited(transfer, this);
        }
    }

    private void OnAwaited(Transfer transfer, Call home)
    {
        transfer.Awaited = null;
        var leg = home.OtherEndOf(ReaderOf(transfer.By));
        if (leg is null)
        {
            FailTransfer(transfer, 481);
        }
        else
        {
            Join(transfer, home, leg);
        }
    }

    /// <summary>The leg whose partner is at this far side.</summary>
    private Leg? OtherEndOf(in Headers.DialogReader reader) => reader.Faces(_caller) ? _callee : _callee is { } callee && reader.Faces(callee) ? _caller : null;
}
