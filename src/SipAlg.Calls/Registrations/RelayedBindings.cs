using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>What is known of a binding beyond what a phone has registered: how it stands with its registrar.</summary>
internal struct RelayedState
{
    /// <summary>What the contact is known by that the registrar was given.</summary>
    public ulong Token;

    /// <summary>A hash of what the phone's Contact says besides its URI and its time; 0 after a restart, when that is not known.</summary>
    public ulong Parameters;

    /// <summary>When it ends at the registrar; milliseconds on the lane's clock.</summary>
    public long Until;

    /// <summary>From then on the phone's next refresh goes to the registrar.</summary>
    public long RefreshAt;

    /// <summary>When the registrar accepted it last.</summary>
    public long Accepted;

    /// <summary>A hash of the user whose password the registrar has accepted for it; of one that was kept over a restart, that of its address-of-record.</summary>
    public ulong User;

    /// <summary>Where its phone is admitted from, if that is open.</summary>
    public PhoneSource Source;
}

/// <summary>
/// The bindings that other registrars have accepted, found by address-of-record, by the token that is their name there, and by connection.
/// Those of all relaying realms: an address-of-record of one is not that of another.
/// </summary>
/// <param name="lane">That has the registrations.</param>
internal sealed class RelayedBindings(CallLane lane)
{
    private readonly BindingTable _table = new(lane.Lane, (byte)CallTimer.RelayedBinding, lane.Room.Model.Realms.Length, lane.Room.Watch);
    private readonly Dictionary<ulong, int> _byToken = [];
    private RelayedState[] _states = [];

    public BindingTable Table => _table;

    public int Count => _table.Count;

    public int Top => _table.Top;

    /// <summary>Those of a realm; read by anybody.</summary>
    public int CountOf(int realm) => _table.CountOf(realm);

    public ref Binding this[int slot] => ref _table[slot];

    public ref RelayedState State(int slot) => ref _states[slot];

    public bool IsTaken(int slot) => _table.IsTaken(slot);

    public bool Holds(int slot, uint generation) => _table.Holds(slot, generation);

    /// <summary>The first of an address-of-record in a realm; −1: it has none.</summary>
    public int First(int realm, ReadOnlySpan<byte> aor) => SkipOthers(_table.First(aor), realm, aor);

    public int Next(int slot, int realm, ReadOnlySpan<byte> aor) => SkipOthers(_table.Next(slot, aor), realm, aor);

    /// <summary>The binding of this contact (RFC 3261 §10.3 step 7); −1: none.</summary>
    /// <param name="from">A phone elsewhere may have the same private contact.</param>
    public int Find(int realm, ReadOnlySpan<byte> aor, in ContactToRegister contact, in RegisteringPlace from)
    {
        for (var slot = First(realm, aor); slot >= 0; slot = Next(slot, realm, aor))
        {
            if (SipUri.TryParse(_table[slot].Contact, out var uri) && UriComparison.AreEqual(uri, contact.Uri) && !from.IsElsewhere(_table[slot], contact.Instance))
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>−1: no binding of this name stands.</summary>
    public int Find(ulong token) => _byToken.GetValueOrDefault(token, -1);

    /// <summary>One of this address-of-record in any realm; −1: none.</summary>
    public int Any(ReadOnlySpan<byte> aor) => _table.First(aor);

    public int FirstOn(ulong connection) => _table.FirstOn(connection);

    public int Add(long id, int realm, ReadOnlySpan<byte> aor, ulong token)
    {
        var slot = _table.Add(id, aor);
        if (slot >= _states.Length)
        {
            Array.Resize(ref _states, Math.Max(slot + 1, 2 * _states.Length));
        }

        _states[slot] = new RelayedState { Token = token };
        _byToken[token] = slot;
        _table.SetRealm(slot, realm);
        return slot;
    }

    public void Write(int slot, in BindingTexts texts) => _table.Write(slot, texts);

    public void EndAt(int slot, long milliseconds) => _table.EndAt(slot, milliseconds);

    /// <summary>From now on its phone is reached this way, and admitted from there.</summary>
    public void SetFlow(int slot, in Flow flow)
    {
        var source = PhoneSource.Of(_table[slot].Realm, flow);
        _table.SetFlow(slot, flow);
        if (_states[slot].Source != source)
        {
            Dismiss(slot);
            Admit(slot, source);
        }
    }

    public void Remove(int slot)
    {
        Dismiss(slot);
        _byToken.Remove(_states[slot].Token);
        _table.Remove(slot);
    }

    private void Admit(int slot, in PhoneSource source)
    {
        if (source.IsOpen)
        {
            _states[slot].Source = source;
            Tell(source, isNew: true, lane.Admitted.Add(source));
        }
    }

    private void Dismiss(int slot)
    {
        var source = _states[slot].Source;
        _states[slot].Source = default;
        if (source != default)
        {
            Tell(source, isNew: false, lane.Admitted.Remove(source));
        }
    }

    private void Tell(in PhoneSource source, bool isNew, bool isChange)
    {
        for (var other = 0; isChange && other < lane.Lane.Lane.Count; other++)
        {
            if (other != lane.Lane.Number)
            {
                lane.Lane.Lane.PostTo(other, new SourceChange(source, isNew));
            }
        }
    }

    private int SkipOthers(int slot, int realm, ReadOnlySpan<byte> aor)
    {
        while (slot >= 0 && _table[slot].Realm != realm)
        {
            slot = _table.Next(slot, aor);
        }

        return slot;
    }
}
