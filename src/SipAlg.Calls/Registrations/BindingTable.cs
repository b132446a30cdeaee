using System.Runtime.InteropServices;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>
/// The bindings of one lane by their address-of-record. Each has a timer of its own, so that time passing costs nothing for those
/// that stand; nothing of it is on the collected heap but the slab's chunks and the index.
/// </summary>
/// <param name="lane">Whose timers end them.</param>
/// <param name="timer">The kind of those timers.</param>
/// <param name="realms">How many there are.</param>
/// <param name="watch">Told of bindings that begin and end; null: nobody looks on.</param>
internal sealed class BindingTable(LaneContext lane, byte timer, int realms, ILiveWatch? watch)
{
    private readonly Slab<Binding> _bindings = new();
    private readonly Dictionary<ulong, int> _byAor = [];
    private readonly Dictionary<ulong, int> _byConnection = [];

    /// <summary>How many are reached at a source; of IPv6, a network.</summary>
    private readonly Dictionary<IpAddress, int> _bySource = [];
    private readonly KeyedHash _hash = new(lane.Secrets.Next(), lane.Secrets.Next());
    private readonly byte[] _scratch = new byte[SipLimits.Message];
    private int[] _perRealm = new int[realms];

    /// <summary>Apart from the lane's, which has what goes with transactions.</summary>
    private readonly OctetStore _octets = new();

    public int Count => _bindings.Count;

    /// <summary>Those of a realm; read by anybody.</summary>
    public int CountOf(int realm) => Volatile.Read(ref _perRealm[realm]);

    /// <summary>There are more realms.</summary>
    public void Grow(int realms) => _perRealm = CallCounters.Grown(_perRealm, realms);

    /// <summary>The first of some slots whose binding is reached by a listener; −1: none of them.</summary>
    public int FirstBy(int listener, int from, int most)
    {
        for (var slot = from; slot < Math.Min(from + most, Top); slot++)
        {
            if (IsTaken(slot) && _bindings[slot].Flow.Listener == listener)
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Octets of all texts.</summary>
    public long Octets => _octets.Octets;

    /// <summary>One past the highest slot ever used.</summary>
    public int Top => _bindings.Top;

    public ref Binding this[int slot] => ref _bindings[slot];

    public bool IsTaken(int slot) => _bindings.IsTaken(slot);

    public bool Holds(int slot, uint generation) => _bindings.Holds(slot, generation);

    public uint Generation(int slot) => _bindings.Generation(slot);

    /// <summary>The first of an address-of-record, in no order; −1: it has none.</summary>
    public int First(ReadOnlySpan<byte> aor) => _byAor.TryGetValue(_hash.Of(aor), out var slot) ? SkipOthers(slot, aor) : -1;

    /// <summary>The one behind it; −1: there is none.</summary>
    public int Next(int slot, ReadOnlySpan<byte> aor) => SkipOthers(_bindings[slot].Next, aor);

    /// <summary>The binding of this contact (RFC 3261 §10.3 step 7); one with a reg-id is its instance's (RFC 5626 §6); −1: none.</summary>
    /// <param name="from">A phone elsewhere may have the same private contact.</param>
    public int Find(ReadOnlySpan<byte> aor, in ContactToRegister contact, in RegisteringPlace from)
    {
        for (var slot = First(aor); slot >= 0; slot = Next(slot, aor))
        {
            ref var binding = ref _bindings[slot];
            var isSame = contact.RegId != 0
                ? binding.RegId == contact.RegId && binding.Instance.SequenceEqual(contact.Instance)
                : binding.RegId == 0 && SipUri.TryParse(binding.Contact, out var uri) && UriComparison.AreEqual(uri, contact.Uri) && !from.IsElsewhere(binding, contact.Instance);
            if (isSame)
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Takes a slot for a new binding; its texts and its time follow.</summary>
    public int Add(long id, ReadOnlySpan<byte> aor)
    {
        var slot = _bindings.Take(out _);
        var key = _hash.Of(aor);
        ref var binding = ref _bindings[slot];
        (binding.Id, binding.Key, binding.Realm, binding.Expires) = (id, key, -1, 0);
        (binding.Next, binding.NextOnConnection) = (Link(_byAor, key, slot), -1);
        return slot;
    }

    /// <summary>Gives a binding its texts, which it may have had others of before.</summary>
    public void Write(int slot, in BindingTexts texts)
    {
        ref var binding = ref _bindings[slot];
        var room = _scratch.AsSpan(0, texts.Length);
        texts.CopyTo(room);
        _octets.Drop(ref binding.Texts);
        binding.Texts = _octets.Keep(room);
        binding.Lengths = texts.Lengths;
    }

    /// <summary>It ends at this time, on the lane's clock, whatever it was before. A new one stands from then on.</summary>
    public void EndAt(int slot, long milliseconds)
    {
        ref var binding = ref _bindings[slot];
        if (binding.Expires == 0)
        {
            watch?.Registered(binding.Realm, binding.Aor, binding.Contact);
        }

        lane.Know(binding.Flow, milliseconds - lane.Now);
        if (binding.Flow.Connection != 0)
        {
            // Most phones on streams are called by nothing else, and many send nothing until they refresh.
            lane.Network.Hold(binding.Flow.Connection, TimeSpan.FromMilliseconds(milliseconds - lane.Now));
        }

        lane.Timers.Cancel(binding.Timer);
        binding.Expires = milliseconds;
        binding.Timer = lane.Timers.Schedule(milliseconds, timer, slot, _bindings.Generation(slot));
    }

    public void Remove(int slot)
    {
        ref var binding = ref _bindings[slot];
        watch?.Unregistered(binding.Realm, binding.Aor, binding.Contact);
        lane.Timers.Cancel(binding.Timer);
        lane.Timers.Cancel(binding.KeepAlive.Timer);
        _octets.Drop(ref binding.Texts);
        SetFlow(slot, default);
        SetRealm(slot, -1);
        UnlinkAor(binding.Key, slot, binding.Next);
        _bindings.Free(slot);
    }

    /// <summary>From now on it counts for this realm; −1: for none.</summary>
    public void SetRealm(int slot, int realm)
    {
        ref var binding = ref _bindings[slot];
        if (binding.Realm >= 0)
        {
            _perRealm[binding.Realm]--;
        }

        if (realm >= 0)
        {
            _perRealm[realm]++;
        }

        binding.Realm = realm;
    }

    /// <summary>From now on it is reached this way.</summary>
    public void SetFlow(int slot, in Flow flow)
    {
        ref var binding = ref _bindings[slot];
        if (binding.Flow.Connection != flow.Connection)
        {
            if (binding.Flow.Connection != 0)
            {
                UnlinkConnection(binding);
            }

            LinkConnection(ref binding, flow.Connection, slot);
        }

        if (binding.Flow.Remote.Address != flow.Remote.Address)
        {
            CountSource(binding.Flow.Remote.Address, -1);
            CountSource(flow.Remote.Address, 1);
        }

        binding.Flow = flow;
    }

    /// <summary>Whether a binding is reached at this source, or at a neighbour in its IPv6 network.</summary>
    public bool AreFrom(IpAddress source) => _bySource.ContainsKey(Prefixes.Household(source));

    private void CountSource(IpAddress source, int change)
    {
        if (source.IsNone)
        {
            return;
        }

        var household = Prefixes.Household(source);
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_bySource, household, out _);
        count += change;
        if (count == 0)
        {
            _bySource.Remove(household);
        }
    }

    /// <summary>One that is reached by this connection; −1: none.</summary>
    public int FirstOn(ulong connection) => _byConnection.TryGetValue(connection, out var slot) ? slot : -1;

    private int SkipOthers(int slot, ReadOnlySpan<byte> aor)
    {
        while (slot >= 0 && !_bindings[slot].Aor.SequenceEqual(aor))
        {
            slot = _bindings[slot].Next;
        }

        return slot;
    }

    /// <returns>What was first before.</returns>
    private static int Link(Dictionary<ulong, int> chains, ulong key, int slot)
    {
        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(chains, key, out var exists);
        var next = exists ? first : -1;
        first = slot;
        return next;
    }

    private void UnlinkAor(ulong key, int slot, int next)
    {
        ref var at = ref CollectionsMarshal.GetValueRefOrNullRef(_byAor, key);
        if (at == slot && next < 0)
        {
            _byAor.Remove(key);
            return;
        }

        while (at != slot)
        {
            at = ref _bindings[at].Next;
        }

        at = next;
    }

    private void LinkConnection(ref Binding binding, ulong connection, int slot)
    {
        binding.PreviousOnConnection = -1;
        binding.NextOnConnection = connection == 0 ? -1 : Link(_byConnection, connection, slot);
        if (binding.NextOnConnection >= 0)
        {
            _bindings[binding.NextOnConnection].PreviousOnConnection = slot;
        }
    }

    private void UnlinkConnection(in Binding binding)
    {
        var (previous, next) = (binding.PreviousOnConnection, binding.NextOnConnection);
        if (next >= 0)
        {
            _bindings[next].PreviousOnConnection = previous;
        }

        if (previous >= 0)
        {
            _bindings[previous].NextOnConnection = next;
        }
        else if (next >= 0)
        {
            _byConnection[binding.Flow.Connection] = next;
        }
        else
        {
            _byConnection.Remove(binding.Flow.Connection);
        }
    }
}
