namespace SipAlg.Calls.Registrations;

/// <content>What is listed, kept and restored together with the bindings that other registrars have accepted.</content>
public sealed partial class Registrar
{
    /// <summary>Where pages of relayed bindings begin.</summary>
    private const int RelayedSlots = 1 << 30;

    /// <summary>Null in a lane that passes no registrations on.</summary>
    internal RegisterRelay? Relay { get; set; }

    /// <summary>Refreshes of relayed bindings of a realm that were answered here; read by anybody.</summary>
    public long Refreshed(int realm) => Relay?.Refreshed(realm) ?? 0;

    internal IBindingJournal? Journal => _journal;

    internal WaitingAnswers Waiting => _waiting;

    internal long NextId() => ++_lastId;

    internal DateTimeOffset TimeOf(long milliseconds) => _time.GetUtcNow().AddMilliseconds(milliseconds - _lane.Now);

    internal long MillisecondsUntil(DateTimeOffset time) => (long)(time - _time.GetUtcNow()).TotalMilliseconds;

    private int ListRelayed(int from, Span<BindingRecord> page, ref int count)
    {
        for (var slot = from - RelayedSlots; slot < Relay!.Bindings.Top; slot++)
        {
            if (count == page.Length)
            {
                return slot + RelayedSlots;
            }

            if (Relay.Bindings.IsTaken(slot))
            {
                page[count++] = Relay.RecordOf(slot);
            }
        }

        return -1;
    }
}
