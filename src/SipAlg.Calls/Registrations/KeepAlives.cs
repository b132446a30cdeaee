using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Registrations;

/// <summary>
/// Keeps the way to phones behind NAT open: each has a timer of its own, whose first beat is drawn by lot, so that pings are spread
/// evenly, also after a restart with all bindings at once. Others cost nothing. A flow that answered before and does so no more is dead.
/// </summary>
/// <param name="lane">That has the registrations.</param>
/// <param name="phones">Whose bindings these are.</param>
/// <param name="timer">The kind of their timers.</param>
internal sealed class KeepAlives(CallLane lane, IBoundPhones phones, CallTimer timer)
{
    /// <summary>Connections are not forgotten as soon (RFC 5626 §4.4.1 has 95 to 120 s where UDP has 24 to 29 s).</summary>
    private const int ConnectionBeats = 4;

    /// <summary>Each is an OPTIONS that was sent again and again for 32 s.</summary>
    private const int MostMissed = 2;

    /// <summary>A ping's number is an octet.</summary>
    private const int Pings = 256;

    private static ReadOnlySpan<byte> Ping => "\r\n\r\n"u8;

    private long[] _totals = new long[lane.Room.Model.Realms.Length * (int)KeepAliveOutcome.Count];

    private BindingTable Bindings => phones.Bindings;

    /// <summary>Read by anybody.</summary>
    public long Total(int realm, KeepAliveOutcome outcome) => Volatile.Read(ref _totals[CellOf(realm, outcome)]);

    /// <summary>There are more realms.</summary>
    public void Grow(int realms) => _totals = CallCounters.Grown(_totals, realms * (int)KeepAliveOutcome.Count);

    /// <summary>Whether a transaction is one of these; parts of owners with a slot of the lane's count from 0.</summary>
    public static bool IsOwner(TransactionOwner owner) => owner.Part < 0;

    /// <summary>Of those, whether it is of a binding that another registrar has accepted.</summary>
    public static bool IsOfRelayed(TransactionOwner owner) => owner.Part < -Pings;

    /// <summary>A binding has been made, refreshed, moved or taken over from before the start.</summary>
    public void Watch(int slot)
    {
        ref var binding = ref Bindings[slot];
        binding.KeepAlive.Heard();
        if (RuleOf(binding) is not { } rule)
        {
            lane.Lane.Timers.Cancel(binding.KeepAlive.Timer);
            binding.KeepAlive.Timer = default;
        }
        else if (binding.KeepAlive.Timer == default)
        {
            Schedule(slot, (long)(lane.Lane.Secrets.Next() % (ulong)Beat(binding, rule)) + 1);
        }
    }

    public void OnTimer(int slot, uint generation)
    {
        if (!Bindings.Holds(slot, generation))
        {
            return;
        }

        ref var binding = ref Bindings[slot];
        binding.KeepAlive.Timer = default;
        if (RuleOf(binding) is not { } rule)
        {
            return;
        }

        Schedule(slot, Beat(binding, rule));
        if (binding.Flow.IsReliable || rule.Kind == KeepAliveKind.Crlf)
        {
            Count(binding.Realm, KeepAliveOutcome.Sent);
            _ = lane.Lane.Network.Send(binding.Flow, Ping);
        }
        else if (!binding.KeepAlive.IsOpen)
        {
            // One that is still sent again keeps the NAT open by itself.
            SendOptions(slot, generation);
        }
    }

    /// <summary>Any answer shows that the phone is there, a refusal too.</summary>
    public void OnResponse(TransactionOwner owner, SipMessage response)
    {
        if (response.Status >= 200 && IsOpen(owner))
        {
            ref var binding = ref Bindings[owner.Slot];
            binding.KeepAlive.Heard();
            binding.KeepAlive.Answers = true;
            Count(binding.Realm, KeepAliveOutcome.Answered);
        }
    }

    /// <summary>Only silence says that a flow is dead: that this host could not send says nothing of the phone.</summary>
    public void OnNoResponse(TransactionOwner owner, NoResponse reason)
    {
        if (!IsOpen(owner))
        {
            return;
        }

        ref var binding = ref Bindings[owner.Slot];
        binding.KeepAlive.IsOpen = false;
        Count(binding.Realm, KeepAliveOutcome.Unanswered);
        if (reason == NoResponse.TimedOut && binding.KeepAlive.Answers && ++binding.KeepAlive.Missed >= MostMissed)
        {
            Count(binding.Realm, KeepAliveOutcome.Dead);
            lane.Room.Log.FlowDead(lane.Room.Model.Realms[binding.Realm].Name, phones.RecordOf(owner.Slot));
            phones.EndFlow(owner.Slot);
        }
    }

    /// <summary>How this binding's flow is kept open; null: it needs no help, or there is no way to it.</summary>
    private KeepAliveRule? RuleOf(in Binding binding)
    {
        var isAsked = (binding.Traits & BindingTraits.IsBehindNat) != 0 && (!binding.Flow.IsReliable || binding.Flow.Connection != 0);
        return isAsked ? lane.Room.Model.Realms[binding.Realm].KeepAlive : null;
    }

    private static long Beat(in Binding binding, KeepAliveRule rule) =>
        (long)rule.Every.TotalMilliseconds * (binding.Flow.IsReliable ? ConnectionBeats : 1);

    private void Schedule(int slot, long after) =>
        Bindings[slot].KeepAlive.Timer = lane.Lane.Timers.Schedule(lane.Lane.Now + after, (byte)timer, slot, Bindings.Generation(slot));

    /// <summary>It is the ping that the binding waits for.</summary>
    private bool IsOpen(TransactionOwner owner) => Bindings.Holds(owner.Slot, owner.Generation) &&
        Bindings[owner.Slot].KeepAlive is { IsOpen: true } open && PartOf(open.Ping) == owner.Part;

    private int PartOf(byte ping) => -1 - ping - (timer == CallTimer.RelayedKeepAlive ? Pings : 0);

    private void SendOptions(int slot, uint generation)
    {
        ref var binding = ref Bindings[slot];
        binding.KeepAlive.Ping++;
        binding.KeepAlive.IsOpen = true;
        Count(binding.Realm, KeepAliveOutcome.Sent);
        var transaction = lane.Transactions.Reserve(SipMethod.Options, new TransactionOwner(slot, generation, PartOf(binding.KeepAlive.Ping)));
        var shown = lane.Shown(binding.Flow);
        var writer = new MessageWriter(lane.Output);
        Write(ref writer, binding, transaction, shown);
        lane.Transactions.Send(transaction, binding.Flow, writer.Written, outlastsErrors: true);
    }

    /// <summary>RFC 3261 §11.1, to the Contact as it was registered, parameters included.</summary>
    private void Write(ref MessageWriter writer, in Binding binding, TransactionId transaction, IpEndpoint shown)
    {
        Span<byte> text = stackalloc byte[MintedId.TextLength];
        Span<byte> sentBy = stackalloc byte[IpEndpoint.MaxTextLength];
        sentBy = sentBy[..shown.Format(sentBy)];
        writer.Write("OPTIONS "u8);
        writer.Write(RequestUri(binding));
        writer.Write(" SIP/2.0\r\n"u8);
        lane.Transactions.WriteVia(ref writer, transaction, binding.Flow.Transport, sentBy);
        writer.Field("Max-Forwards"u8, "70"u8);
        writer.Write("From: <sip:"u8);
        writer.Write(sentBy);
        writer.Write(">;tag="u8);
        writer.Write(text[..lane.Lane.MintId(0).Format(text)]);
        writer.Write("\r\nTo: <"u8);
        writer.Write(RequestUri(binding));
        writer.Write(">\r\nCall-ID: "u8);
        writer.Write(text[..lane.Lane.MintId(0).Format(text)]);
        writer.Write("\r\nCSeq: 1 OPTIONS\r\n"u8);
        writer.Finish(default);
    }

    /// <summary>The contact without header fields, which none has (RFC 3261 §19.1.1).</summary>
    private static ReadOnlySpan<byte> RequestUri(in Binding binding) =>
        SipUri.TryParse(binding.Contact, out var uri) && !uri.Headers.IsEmpty ? binding.Contact[..^(uri.Headers.Length + 1)] : binding.Contact;

    private void Count(int realm, KeepAliveOutcome outcome) => _totals[CellOf(realm, outcome)]++;

    private static int CellOf(int realm, KeepAliveOutcome outcome) => (realm * (int)KeepAliveOutcome.Count) + (int)outcome;
}

/// <summary>Who has bindings whose way is to be kept open.</summary>
internal interface IBoundPhones
{
    BindingTable Bindings { get; }

    BindingRecord RecordOf(int slot);

    /// <summary>The binding's flow is dead, so nobody is reached by it.</summary>
    void EndFlow(int slot);
}

/// <summary>What became of pings to phones behind NAT; the metric's label.</summary>
public enum KeepAliveOutcome : byte
{
    Sent,
    Answered,
    Unanswered,

    /// <summary>A binding was removed, since its flow answers no more.</summary>
    Dead,
    Count,
}
