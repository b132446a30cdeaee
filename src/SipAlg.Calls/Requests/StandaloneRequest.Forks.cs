using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Requests;

/// <content>A request that several phones of a user get together.</content>
internal sealed partial class StandaloneRequest
{
    /// <summary>Who is asked beside the target of the search; none that has failed.</summary>
    private readonly List<TargetSearch> _beside = [];

    /// <summary>The best of those that were asked together and failed; 0: none has.</summary>
    private int _best;
    private bool _leadsOn;

    /// <summary>The one that the search itself has asked has failed, while others have not.</summary>
    private bool _isWaiting;
    private bool _isOver;

    /// <summary>Several are asked together, or have been.</summary>
    private bool IsForked => _beside.Count > 0 || _best != 0;

    private TargetSearch? SearchOf(TransactionId transaction) =>
        transaction == _search.Asking ? _search : _beside.Find(search => search.Asking == transaction);

    /// <summary>After the search has looked for its next target: those that are to be asked together with it are.</summary>
    private bool GoesOn(bool hasAsked)
    {
        if (hasAsked)
        {
            _search.AskBeside(_beside);
        }

        return hasAsked;
    }

    /// <summary>One of several has failed. When all have, the next target is asked, or the sender hears of the best of it.</summary>
    private void FailOne(TargetSearch search, int status, bool leadsOn)
    {
        // RFC 3261 §16.7 step 6: the lowest class, the first of it.
        _best = _best == 0 || status / 100 < _best / 100 ? status : _best;
        _leadsOn |= leadsOn;
        if (search == _search)
        {
            search.Leave();
            _isWaiting = true;
        }
        else
        {
            search.Drop();
            _beside.Remove(search);
        }

        if (_isWaiting && _beside.Count == 0)
        {
            LeaveAll();
        }
    }

    private void LeaveAll()
    {
        var (best, leadsOn) = (_best, _leadsOn);
        (_best, _leadsOn, _isWaiting) = (0, false, false);
        if (!leadsOn || !GoesOn(_search.TryNext(best)))
        {
            _search.Refuse(best, default);
            End();
        }
    }
}
