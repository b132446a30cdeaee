using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <content>The REGISTER as the registrar gets it.</content>
internal sealed partial class RegisterRelay
{
    private const int AddressLength = 16;

    private static readonly System.Collections.Immutable.ImmutableArray<HeaderEdit> WithoutExpires = [new HeaderEdit("Expires", null)];

    /// <summary>By realm: the shortest time that its registrar has said to grant, in seconds; it is asked for no less.</summary>
    private readonly Dictionary<int, int> _least = [];

    /// <summary>
    /// Writes the phone's REGISTER for its registrar. What a digest covers crosses as it came: the Request-URI, and Authorization. The
    /// contact is the gateway's, whose user part names the binding, at the address that the registrar reaches us by.
    /// </summary>
    /// <param name="writer">At its beginning.</param>
    /// <param name="register">The phone's.</param>
    /// <param name="realm">The phone's.</param>
    /// <param name="settings">The realm's.</param>
    /// <param name="tokens">Of its contacts.</param>
    /// <param name="carriesProof">What proves who the phone is goes with it.</param>
    /// <param name="destination">The registrar.</param>
    /// <param name="transaction">Ours.</param>
    public void WriteUpstream(
        ref MessageWriter writer, SipMessage register, Realm realm, RelaySettings settings, ReadOnlySpan<ulong> tokens, bool carriesProof, in Destination destination, TransactionId transaction)
    {
        var shown = _lane.Shown(destination.Flow);
        writer.Write("REGISTER "u8);
        writer.Write(register[register.RequestUri]);
        writer.Write(" SIP/2.0\r\n"u8);
        LegMessages.ViaOf(_lane.Transactions, transaction, destination.Flow, shown).Write(ref writer);
        writer.Field("Max-Forwards"u8, Call.HopsLeft(register));
        if (destination.Peer is { ProxyRoute.Length: > 0 } peer)
        {
            writer.Field("Route"u8, peer.ProxyRoute);
        }

        WriteNames(ref writer, register, destination.Host);
        writer.Write("CSeq: "u8);
        writer.Write(register.CSeq);
        writer.Write(" REGISTER\r\n"u8);
        WriteContacts(ref writer, register, realm, settings, tokens, destination.Flow, shown);
        new HeaderCrossing(destination.Host, _lane.DialogNames, new DialogReader(settings.Registrar.Realm, destination.Peer, destination.Flow, shown))
        {
            Identity = default,
            Rules = settings.Registrar.Headers,
            Edits = WithoutExpires,
            CarriesProof = carriesProof,
        }.Write(ref writer, register);
        writer.Finish(default);
    }

    /// <summary>
    /// From, To and Call-ID. The Call-ID is the same for all requests of one phone, and so is the order of their CSeq (RFC 3261 §10.2).
    /// </summary>
    private void WriteNames(ref MessageWriter writer, SipMessage register, ReadOnlySpan<byte> host)
    {
        Span<byte> id = stackalloc byte[MintedId.TextLength];
        WriteAddress(ref writer, "From: "u8, register.First(HeaderId.From), host);
        writer.Write(";tag="u8);
        writer.Write(id[.._lane.Lane.MintId(0).Format(id)]);
        writer.EndLine();
        WriteAddress(ref writer, "To: "u8, register.First(HeaderId.To), host);
        writer.EndLine();
        new MintedId(_lane.Lane.Number, 0, _callIds.Of(register[register.CallId])).Format(id);
        writer.Field("Call-ID"u8, id);
    }

    private static void WriteAddress(ref MessageWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ReadOnlySpan<byte> host)
    {
        _ = NameAddress.TryParse(value, out var address);
        _ = SipUri.TryParse(address.Uri, out var uri);
        writer.Write(name);
        InviteAddresses.WriteName(ref writer, address.DisplayName, null);
        writer.Write((byte)'<');
        UriWriter.Write(ref writer, uri, host);
        writer.Write((byte)'>');
    }

    private void WriteContacts(ref MessageWriter writer, SipMessage register, Realm realm, RelaySettings settings, ReadOnlySpan<ulong> tokens, in Flow flow, Protocol.Addresses.IpEndpoint shown)
    {
        if (Registrar.IsWildcard(register))
        {
            writer.Write("Contact: *\r\nExpires: 0\r\n"u8);
            return;
        }

        var (asked, ends) = (0, 0);
        foreach (var value in new RegisterContacts(register))
        {
            _ = ContactToRegister.TryParse(value, isOutbound: false, out var contact);
            var isEnd = Registrar.Asked(register, contact) == 0;
            ends += isEnd ? 1 : 0;
            writer.Write("Contact: <sip:"u8);
            WriteToken(ref writer, tokens[asked++]);
            writer.Write((byte)'@');
            writer.Write(shown);
            UriWriter.WriteTransport(ref writer, flow.Transport);
            writer.Write((byte)'>');
            WriteParameters(ref writer, value);
            writer.Write(";expires="u8);
            writer.Write(isEnd ? 0 : UpstreamSeconds(realm, settings));
            writer.EndLine();
        }

        if (asked > 0)
        {
            // For a registrar that looks nowhere else (RFC 3261 §10.2.1.1 knows both).
            writer.Field("Expires"u8, ends == asked ? 0 : UpstreamSeconds(realm, settings));
        }
    }

    private void WriteToken(ref MessageWriter writer, ulong token)
    {
        Span<byte> text = stackalloc byte[MintedId.TextLength];
        writer.Write(text[..new MintedId(_lane.Lane.Number, 0, token).Format(text)]);
    }

    /// <summary>What a Contact says of the phone, but for its time, and for a flow that ends here (RFC 5626).</summary>
    private static void WriteParameters(ref MessageWriter writer, ReadOnlySpan<byte> value)
    {
        _ = NameAddress.TryParse(value, out var address);
        var parameters = new Parameters(address.Parameters);
        while (parameters.MoveNext())
        {
            if (!Ascii.EqualsIgnoreCase(parameters.Name, "expires"u8) && !Ascii.EqualsIgnoreCase(parameters.Name, "reg-id"u8))
            {
                writer.Write(parameters.Whole);
            }
        }
    }

    /// <summary>
    /// The names of all contacts of a REGISTER, in their order: those that the registrar is told, and that its answer is read by, whatever
    /// becomes of the bindings meanwhile.
    /// </summary>
    private ulong[] TokensOf(SipMessage register, in Flow flow, Realm realm, ReadOnlySpan<byte> aor)
    {
        var from = new RegisteringPlace(register, flow, realm.IsNatAware);
        var (tokens, count) = (new ulong[MostContacts], 0);
        foreach (var value in new RegisterContacts(register))
        {
            if (ContactToRegister.TryParse(value, isOutbound: false, out var contact))
            {
                tokens[count++] = TokenOf(realm, aor, contact, from);
            }
        }

        return tokens;
    }

    /// <summary>
    /// The name of a binding at the registrar. One that stands keeps it; else a phone that asks again gets the same, so that the registrar
    /// does not hold two contacts of it when an answer was lost, or when the binding ended while the gateway was down. A phone elsewhere gets
    /// another one, also where neither is bound yet.
    /// </summary>
    private ulong TokenOf(Realm realm, ReadOnlySpan<byte> aor, in ContactToRegister contact, in RegisteringPlace from)
    {
        if (Bindings.Find(realm.Index, aor, contact, from) is >= 0 and var slot)
        {
            return Bindings.State(slot).Token;
        }

        var outside = from.Outside;
        Span<byte> parts = stackalloc byte[(3 * sizeof(ulong)) + AddressLength];
        BinaryPrimitives.WriteUInt64LittleEndian(parts, _tokens.Of(MemoryMarshal.AsBytes(realm.Name.AsSpan())));
        BinaryPrimitives.WriteUInt64LittleEndian(parts[sizeof(ulong)..], _tokens.Of(aor));
        BinaryPrimitives.WriteUInt64LittleEndian(parts[(2 * sizeof(ulong))..], _tokens.Of(contact.Uri.Text));
        var length = (3 * sizeof(ulong)) + (outside.IsNone ? 0 : outside.WriteOctets(parts[(3 * sizeof(ulong))..]));
        var token = Math.Max(_tokens.Of(parts[..length]), 1);
        while (Bindings.Find(token) >= 0)
        {
            // A contact that keeps its name while its parameters change (RFC 3261 §19.1.4) may have been called this one before.
            token = Math.Max(_tokens.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in token))), 1);
        }

        return token;
    }

    private int UpstreamSeconds(Realm realm, RelaySettings settings) => Math.Max((int)settings.Upstream.TotalSeconds, _least.GetValueOrDefault(realm.Index));
}
