using System.Text;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Admission;

/// <content>Users, who have to prove who they are (RFC 3261 §22.2).</content>
internal sealed partial class Admission
{
    /// <summary>Milliseconds that a source is known for which has proven to be a user's: for what it does next, which may be a call or a binding.</summary>
    private const long KnownByProof = 5 * 60_000;

    private const SipExtensions KnownToRegistrar = Known | SipExtensions.Path | SipExtensions.Outbound | SipExtensions.Gruu;

    /// <summary>RFC 3261 §10.3 steps 1 to 5; the registrar does the rest. It goes on while the gateway drains: phones stay registered.</summary>
    private void OnRegister(TransactionId transaction, SipMessage register, in Flow flow, Realm realm, AuthenticationDomain domain)
    {
        if (!AreExtensionsKnown(transaction, register, flow, KnownToRegistrar) || !TryAuthenticate(transaction, register, flow, realm, domain, out var user))
        {
            return;
        }

        if (!IsOf(user, domain.Users, register))
        {
            lane.Refuse(transaction, register, flow, 403, RefusalReason.OtherUser, "Forbidden: the address of somebody else"u8);
            return;
        }

        var status = lane.Registrar!.OnRegister(transaction, register, flow, new RegisteringUser(Encoding.UTF8.GetBytes($"{user.Name}@{domain.Name}"), user.MaxContacts, realm.IsNatAware, user.Index), realm.Registrar);
        if (status is not (200 or 423))
        {
            lane.NotRegistered(register, flow, status, status == 403 ? RefusalReason.TooManyContacts : RefusalReason.BadRegister);
        }
    }

    /// <summary>
    /// Who sent a request outside a dialog: a peer, by the contact that we have registered there or by its source; a phone that has
    /// registered with one, by its own source; else, in a realm with users, one of them. Everybody else is refused. Where a peer is a whole
    /// network, a user in it may prove who he is.
    /// </summary>
    private bool TrySender(TransactionId transaction, SipMessage request, in SipUri uri, in Flow flow, out Sender sender)
    {
        var realm = lane.Lane.Group(flow.Listener);
        if (lane.Room.Contacts.Find(realm, uri, flow.Remote.Address, lane.Room.PeerTable) is { } registrar)
        {
            sender = new Sender(realm, registrar, null) { IsByContact = true };
            lane.Lane.Know(flow, CallLane.KnownByCall);
            return true;
        }

        var peer = lane.PeerSending(request, flow, uri.Host);
        sender = new Sender(realm, peer is null ? null : lane.Room.Peers[peer.Index], null);
        if (peer is null && lane.Room.Model.Realms[realm].Relay is { } settings && lane.Admitted.Has(realm, flow))
        {
            sender = new Sender(realm, null, settings.Phones);
            return true;
        }

        if (peer is null && lane.IsDraining && request.Method == SipMethod.Options)
        {
            RefuseDraining(transaction, request, flow);
            return false;
        }

        if (lane.Room.Model.Realms[realm] is not { Authentication: { } domain } authenticating)
        {
            if (peer is null && TryStranger(request, flow, realm, ref sender))
            {
                return true;
            }

            if (peer is null)
            {
                lane.Bans.OnStranger(request, flow);
                RefuseStranger(transaction, request, flow, realm);
            }

            return peer is not null;
        }

        if (MayBeUser(sender))
        {
            lane.Bans.OnUntrusted(request, flow);
        }

        if (peer is not null && !(MayBeUser(sender) && Authenticator.HasCredentials(request, domain)))
        {
            return true;
        }

        if (!Authenticator.HasCredentials(request, domain) && TryStranger(request, flow, realm, ref sender))
        {
            return true;
        }

        var isProven = TryAuthenticate(transaction, request, flow, authenticating, domain, out var user);
        sender = new Sender(realm, null, user);
        return isProven;
    }

    /// <summary>A call to what is open to everybody goes on, whoever it is from: to be asked for a password first costs a second, and the call where nobody knows it.</summary>
    private bool TryStranger(SipMessage request, in Flow flow, int realm, ref Sender sender)
    {
        if (request.Method != SipMethod.Invite || !lane.Room.Model.Dialplan.IsOpenToStrangers)
        {
            return false;
        }

        var stranger = new Sender(realm, null, User.Stranger);
        if (lane.Routes.Find(request, flow, stranger).Route is null)
        {
            return false;
        }

        sender = stranger;
        return true;
    }

    /// <summary>To a balancer that is no peer a challenge would say that all is well, as to a peer's ping of ours.</summary>
    private void RefuseDraining(TransactionId transaction, SipMessage options, in Flow flow)
    {
        lane.Bans.OnStranger(options, flow);
        lane.Refused(transaction, options, flow, 503, RefusalReason.Draining);
        lane.Transactions.RespondOnce(transaction, 503, ForNow(options, flow));
    }

    private void RefuseStranger(TransactionId transaction, SipMessage request, in Flow flow, int realm)
    {
        if (flow.Transport == Transport.Tls && lane.Room.PeerTable.AsksForCertificates(realm))
        {
            lane.Refuse(transaction, request, flow, 403, RefusalReason.Certificate, "Forbidden: no certificate of a peer"u8);
        }
        else
        {
            lane.Refuse(transaction, request, flow, 403, RefusalReason.UnknownSource, "Forbidden: unknown source"u8);
        }
    }

    /// <summary>A trusted peer is a system that speaks for its own users.</summary>
    private static bool MayBeUser(in Sender sender) => sender.Peer is { Peer.IsTrusted: false };

    /// <summary>A route that rejects with 401 wants the sender to prove to be a user, where he may be one.</summary>
    private bool TryChallenge(TransactionId transaction, SipMessage request, in Flow flow, in Sender sender, RouteDecision decision)
    {
        if (decision.Rejection is not { Status: 401 } || !MayBeUser(sender) || lane.Room.Model.Realms[sender.Realm].Authentication is not { } domain)
        {
            return false;
        }

        Challenge(transaction, request, flow, domain, new AuthenticationResult(AuthenticationOutcome.Missing));
        return true;
    }

    /// <summary>Finds out who sent a request; who has not proven it is challenged, and nothing is kept of that (RFC 3261 §8.2.7).</summary>
    private bool TryAuthenticate(TransactionId transaction, SipMessage request, in Flow flow, Realm realm, AuthenticationDomain domain, out User user)
    {
        var result = lane.Authenticator.Check(request, realm, flow.Remote.Address, lane.Lane.Now);
        user = result.User!;
        if (result.IsAccepted)
        {
            lane.Lane.Know(flow, KnownByProof);
            lane.Bans.OnProven(flow);
            return true;
        }

        Challenge(transaction, request, flow, domain, result);
        return false;
    }

    /// <summary>Asks for the proof, or says what is wrong with it.</summary>
    private void Challenge(TransactionId transaction, SipMessage request, in Flow flow, AuthenticationDomain domain, in AuthenticationResult result)
    {
        var status = result.Status;
        if (result.Outcome is AuthenticationOutcome.Missing or AuthenticationOutcome.Stale)
        {
            lane.Challenged(transaction, request, flow);
            if (result.Outcome == AuthenticationOutcome.Missing)
            {
                lane.Bans.OnStranger(request, flow);
            }
        }
        else
        {
            if (result.Outcome == AuthenticationOutcome.Unusable)
            {
                lane.Bans.OnStranger(request, flow);
            }

            status = lane.Bans.OnUnproven(request, flow, result.Outcome) ? 403 : status;
            lane.Unproven(transaction, request, flow, result, status);
        }

        var writer = Begin(request, flow, status);
        if (status == 401)
        {
            lane.Authenticator.WriteChallenges(ref writer, domain, result.IsStale, flow.Remote.Address, lane.Lane.Now);
        }

        writer.Finish(default);
        lane.Transactions.RespondOnce(transaction, status, writer.Written);
    }

    /// <summary>The address-of-record in To is the user's: his name, one of his aliases or numbers. The domain is not looked at, since phones often have an address there.</summary>
    private static bool IsOf(User user, UserTable users, SipMessage register)
    {
        Span<byte> name = stackalloc byte[SipLimits.Identifier];
        Span<char> text = stackalloc char[SipLimits.Identifier];
        return NameAddress.TryParse(register.First(HeaderId.To), out var to) && SipUri.TryParse(to.Uri, out var uri) &&
            Encoding.UTF8.TryGetChars(name[..uri.CopyUser(name)], text, out var length) && users.Find(text[..length])?.Index == user.Index;
    }
}
