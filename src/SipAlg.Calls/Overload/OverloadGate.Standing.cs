using System.Runtime.InteropServices;
using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Overload;

/// <summary>How far the sender of a request has come already.</summary>
internal enum RequestStanding : byte
{
    /// <summary>Neither a peer nor a registered phone, and nothing says that it will be one.</summary>
    Stranger,

    /// <summary>Something new of somebody who may ask for it.</summary>
    New,

    /// <summary>The second half of something: it comes with credentials, or renews a registration.</summary>
    Begun,

    /// <summary>Costs no more than its refusal, or is no new work.</summary>
    Exempt,
}

/// <content>Who is refused first, and who is not.</content>
internal sealed partial class OverloadGate
{
    private readonly KeyedHash _lots = new(lane.Lane.Secrets.Next(), lane.Lane.Secrets.Next());

    /// <summary>The same for each retransmission of a request. The key itself would show where it falls in the table of transactions.</summary>
    private ulong LotOf(ulong key) => _lots.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in key)));

    private RequestStanding StandingOf(SipMessage request, in Flow flow, int realm)
    {
        switch (request.Method)
        {
            case SipMethod.Register:
                return OfRegister(request, flow, realm);
            case SipMethod.Invite or SipMethod.Message or SipMethod.Subscribe or SipMethod.Refer or SipMethod.Publish or SipMethod.Notify:
                return lane.Room.Model.Realms[realm].Authentication is not null && HasCredentials(request) ? RequestStanding.Begun : IsKnown(request, flow, realm) ? RequestStanding.New : RequestStanding.Stranger;
            case SipMethod.Options:
                // Whoever judges us by his pings would take away every call for the share that is too much.
                return IsPeer(request, flow, realm) ? RequestStanding.Exempt : RequestStanding.Stranger;
            default:
                return RequestStanding.Exempt;
        }
    }

    private RequestStanding OfRegister(SipMessage register, in Flow flow, int realm)
    {
        var isRefresh = lane.Admitted.Has(realm, flow) || HasBinding(register, realm);
        return isRefresh ? RequestStanding.Begun : HasCredentials(register) ? RequestStanding.New : RequestStanding.Stranger;
    }

    private static bool HasCredentials(SipMessage request) => request.Has(HeaderId.Authorization) || request.Has(HeaderId.ProxyAuthorization);

    /// <summary>In a realm with users whoever calls is asked who he is first: until then he may be one.</summary>
    private bool IsKnown(SipMessage request, in Flow flow, int realm) =>
        IsPeer(request, flow, realm) || lane.Admitted.Has(realm, flow) || lane.Room.Model.Realms[realm].Authentication is not null;

    private bool IsPeer(SipMessage request, in Flow flow, int realm)
    {
        _ = SipUri.TryParse(request[request.RequestUri], out var uri);
        return lane.Room.PeerTable.Find(realm, flow.Remote.Address, uri.Host) is not null;
    }

    /// <summary>Somebody is registered by the name that is to be registered. In the lane that has all registrations.</summary>
    private bool HasBinding(SipMessage register, int realm)
    {
        Span<byte> name = stackalloc byte[SipLimits.Identifier];
        Span<char> text = stackalloc char[SipLimits.Identifier];
        if (lane.Registrar is null || lane.Room.Model.Realms[realm].Authentication is not { } domain ||
            !NameAddress.TryParse(register.First(HeaderId.To), out var to) || !SipUri.TryParse(to.Uri, out var uri) ||
            !Encoding.UTF8.TryGetChars(name[..uri.CopyUser(name)], text, out var length) || domain.Users.Find(text[..length]) is not { } user)
        {
            return false;
        }

        return lane.Registrar.Bindings.First(Encoding.UTF8.GetBytes($"{user.Name}@{domain.Name}")) >= 0;
    }

    /// <summary>A route for emergencies may be meant: only the dialplan can tell, so it is asked.</summary>
    private bool MayBeEmergency(SipMessage request, in Flow flow, int realm)
    {
        var dialplan = lane.Room.Model.Dialplan;
        if (request.Method is not (SipMethod.Invite or SipMethod.Message) || !dialplan.HasEmergencies)
        {
            return false;
        }

        _ = SipUri.TryParse(request[request.RequestUri], out var uri);
        var peer = lane.Room.PeerTable.Find(realm, flow.Remote.Address, uri.Host);
        Span<byte> called = stackalloc byte[SipLimits.Identifier];
        Span<char> text = stackalloc char[SipLimits.Identifier];
        called = called[..CallNumbers.Called(request, peer is null ? null : lane.Room.Peers[peer.Index], called)];
        return dialplan.MayBeEmergency(new RouteRequest { Realm = realm, Source = flow.Remote.Address, Called = text[..Encoding.UTF8.GetChars(called, text)] });
    }
}
