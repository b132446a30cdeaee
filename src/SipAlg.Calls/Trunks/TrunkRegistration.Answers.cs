using SipAlg.Calls.Authentication;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Trunks;

/// <content>What the registrar says, or does not say.</content>
internal sealed partial class TrunkRegistration
{
    /// <summary>What the registrar's Service-Route says, and the key of the question where its first proxy is.</summary>
    private byte[] _service = [];
    private int _searches;

    public override bool TryRenew(in RenewedRequest renewed)
    {
        if (_asking != renewed.Before)
        {
            return false;
        }

        _asking = renewed.Now;
        return true;
    }

    public override bool OnResponse(TransactionId transaction, int part, SipMessage response, in Flow flow)
    {
        if (transaction != _asking || response.Status < 200)
        {
            return true;
        }

        _asking = default;
        StopTimer();
        if (response.Status < 300)
        {
            OnSuccess(response, flow);
        }
        else if (response.Status == 423 && TryRaise(response))
        {
            TryAgainHere();
        }
        else
        {
            OnFailure(response);
        }

        return true;
    }

    private void OnSuccess(SipMessage response, in Flow flow)
    {
        if (_requested == 0)
        {
            End();
            return;
        }

        var granted = RegisterAnswer.Granted(response, _contact, _expires);
        if (granted == 0)
        {
            _failure = new RegistrationFailure(RegistrationOutcome.NotNamed, response.Status);
            Fail();
            return;
        }

        (_connection, _registrar) = (flow.Connection, _hop);
        if (_connection != 0)
        {
            // Calls come by it, perhaps by no other way, and the next REGISTER may be long from now.
            _lane.Lane.Network.Hold(_connection, TimeSpan.FromSeconds(granted));
        }

        var before = Status;
        var now = _lane.Room.Time;
        Publish(before with
        {
            Until = now.GetTimestamp() + (granted * now.TimestampFrequency),
            RegisteredUntil = now.GetUtcNow() + TimeSpan.FromSeconds(granted),
            Status = response.Status,
            Outcome = RegistrationOutcome.Registered,
            Answered = now.GetUtcNow(),
            Failures = 0,
        });
        TakeServiceRoute(response);
        if (before.Outcome != RegistrationOutcome.Registered)
        {
            _lane.Room.Log.Registered(_peer.Peer.Name, Status);
        }

        if (_isEnding)
        {
            Remove();
        }
        else
        {
            Wait(RegistrationPace.Refresh(granted, _lane.Lane.Secrets));
        }
    }

    /// <summary>Requests go by the proxies that the registrar names, until it says otherwise or is not asked any more.</summary>
    private void TakeServiceRoute(SipMessage response)
    {
        var room = _lane.Names.AsSpan();
        var service = room[..RegisterAnswer.CopyServiceRoute(response, room[..(2 * SipLimits.Field)])];
        _searches++;
        if (service.IsEmpty || _peer.Peer.OutboundProxy is { } proxy && RegisterAnswer.BeginsAt(service, proxy.Host))
        {
            GoBy(service, null);
        }
        else if (!_peer.ProxyRoute.AsSpan().IsEmpty)
        {
            GoBy([.. _peer.ProxyRoute, .. ", "u8, .. service], null);
        }
        else if (RegisterAnswer.TryFirst(service, out var uri) && SipTarget.TryOf(uri, out var target))
        {
            GoByWay(service, target);
        }
    }

    /// <summary>Without an outbound proxy requests go straight to the first of the routes (RFC 3261 §8.1.2).</summary>
    private void GoByWay(ReadOnlySpan<byte> service, SipTarget target)
    {
        _service = service.ToArray();
        if (SipTarget.TryNumeric(target, out var hop))
        {
            GoByHops(SipHops.Of(target.Host, [hop], TimeSpan.MaxValue));
        }
        else if (_lane.Room.Names is not null)
        {
            _lane.FindHops(target, _peer.Peer.Realm, _owner with { Part = _searches });
        }
    }

    public override void OnHops(int key, SipHops hops)
    {
        if (key == _searches && hops.Outcome == HopOutcome.Found && Status.IsRegistered(_lane.Room.Time))
        {
            GoByHops(hops);
        }
    }

    private void GoByHops(SipHops found)
    {
        var way = new PeerHops();
        way.Set(found);
        GoBy(_service, way);
    }

    private void GoBy(ReadOnlySpan<byte> service, PeerHops? way) => _peer.GoBy(service, way, _lane.Room.Time, Status.Until);

    /// <summary>RFC 3261 §10.2.8: once an attempt; a registrar that is not content with its own minimum is given up.</summary>
    private bool TryRaise(SipMessage response)
    {
        var least = RegisterAnswer.MinExpires(response);
        if (_hasRaised || _isEnding || least <= _expires)
        {
            return false;
        }

        _hasRaised = true;
        _expires = least;
        return true;
    }

    private void TryAgainHere()
    {
        if (_lane.TryFlow(_peer, _hop, out var flow))
        {
            Ask(flow, _expires);
        }
        else
        {
            Fail();
        }
    }

    private void OnFailure(SipMessage response)
    {
        var status = response.Status;
        var isRefusal = status is >= 300 and < 500 and not 408 or >= 600;
        _failure = new RegistrationFailure(isRefusal ? RegistrationOutcome.Refused : RegistrationOutcome.Failed, status, RetryAfter.Seconds(response.First(HeaderId.RetryAfter)));
        if (status is 408 or 503 or 504)
        {
            FailHere();
        }
        else
        {
            Fail();
        }
    }

    public override void OnNoResponse(TransactionId transaction, int part, NoResponse reason)
    {
        if (transaction != _asking)
        {
            return;
        }

        _asking = default;
        StopTimer();
        _failure = new RegistrationFailure(reason == NoResponse.TimedOut ? RegistrationOutcome.TimedOut : RegistrationOutcome.Unreachable);
        FailHere();
    }

    /// <summary>RFC 3263 §4.3: the next place is asked at once.</summary>
    private void FailHere()
    {
        _peer.Hops.Fail(_hop, _lane.Room.Time, PeerHops.Rest);
        if (_isEnding)
        {
            Fail();
        }
        else
        {
            TryNextPlace();
        }
    }

    /// <summary>All places have failed, or one has refused for all. What was granted before holds to its end.</summary>
    private void Fail()
    {
        if (_isEnding)
        {
            End();
            return;
        }

        var before = Status;
        var failures = before.Failures + 1;
        Publish(before with { Status = _failure.Status, Outcome = _failure.Outcome, Answered = _lane.Room.Time.GetUtcNow(), Failures = failures });

        // A name that is not found is looked for all the time.
        var isMissing = _failure.Outcome == RegistrationOutcome.NoAddress;
        Wait(RegistrationPace.Retry(isMissing ? 1 : failures, _failure.Outcome == RegistrationOutcome.Refused, _failure.RetryAfter, _lane.Lane.Secrets));
        if (before.Outcome != _failure.Outcome || before.Status != _failure.Status)
        {
            _lane.Room.Log.NotRegistered(_peer.Peer.Name, Status);
        }
    }
}
