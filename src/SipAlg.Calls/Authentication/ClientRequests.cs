using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Authentication;

/// <summary>
/// Sends the requests of ours that peers may challenge. To a peer with credentials they go with what it is known to ask for, and a 401 or
/// 407 is met by asking again (RFC 3261 §22.2, §22.3): who sent the request hears of the new transaction and of nothing else. Lane-owned.
/// </summary>
internal sealed class ClientRequests(CallLane lane)
{
    private const int MostCredentials = 8192;

    private readonly Dictionary<TransactionId, OpenRequest> _open = [];
    private readonly Dictionary<int, (PeerState Peer, DigestClient Client)> _clients = [];
    private readonly byte[] _credentials = new byte[MostCredentials];
    private readonly byte[] _message = new byte[SipLimits.Message];

    /// <summary>A request to a peer with credentials that has no final answer yet.</summary>
    private sealed class OpenRequest(DialogEnd end, DigestClient client, bool fixesTransport)
    {
        /// <summary>As it was written, without credentials.</summary>
        public StoredOctets Octets;
        public ClientAttempt Attempt;

        public DialogEnd End => end;
        public DigestClient Client => client;
        public bool FixesTransport => fixesTransport;
        public Flow Flow { get; } = end.Flow;
    }

    /// <summary>Requests that are kept for a challenge.</summary>
    public int Count => _open.Count;

    /// <summary>Sends the request of a reserved transaction.</summary>
    /// <param name="transaction">The request's.</param>
    /// <param name="end">In whose dialog, or for what may become one.</param>
    /// <param name="octets">The whole message, which may be changed.</param>
    /// <param name="fixesTransport">See <see cref="LargeRequests"/>.</param>
    public void Send(TransactionId transaction, DialogEnd end, Span<byte> octets, bool fixesTransport)
    {
        if (end.TakesProof || end.Peer is not { Peer.Credentials.IsEmpty: false } peer)
        {
            LargeRequests.Send(lane, transaction, end.Flow, octets, end.Peer?.Peer.LargeRequests ?? Model.LargeRequests.Auto, fixesTransport);
            return;
        }

        var open = new OpenRequest(end, ClientOf(peer), fixesTransport) { Octets = lane.Lane.Octets.Keep(octets) };
        Send(transaction, open, octets);
    }

    /// <summary>Looks at a response before whoever sent the request.</summary>
    /// <param name="transaction">The request's.</param>
    /// <param name="owner">Whom it concerns.</param>
    /// <param name="user">The same, if it still stands.</param>
    /// <param name="response">Any.</param>
    /// <returns>True: it was a challenge, and the request is on its way again.</returns>
    public bool TryMeet(TransactionId transaction, TransactionOwner owner, DialogOwner? user, SipMessage response)
    {
        if (response.Status < 200 || !_open.Remove(transaction, out var open))
        {
            return false;
        }

        if (response.Status < 300)
        {
            open.Client.Learn(response);
        }
        else if (response.Status is 401 or 407 && open.Client.Take(response, ref open.Attempt) == ChallengeOutcome.Retry && TryRepeat(transaction, owner, user, open, response))
        {
            return true;
        }

        lane.Lane.Octets.Drop(ref open.Octets);
        return false;
    }

    /// <summary>No final answer will come.</summary>
    public void Forget(TransactionId transaction)
    {
        if (_open.Remove(transaction, out var open))
        {
            lane.Lane.Octets.Drop(ref open.Octets);
        }
    }

    private bool TryRepeat(TransactionId transaction, TransactionOwner owner, DialogOwner? user, OpenRequest open, SipMessage response)
    {
        var again = lane.Transactions.Reserve(response.Method, owner);
        lane.Transactions.FollowAs(again, transaction);
        var sequence = open.End.Dialog.LocalSequence + 1;
        var request = Call.Parsed(open.Octets);
        var writer = new MessageWriter(lane.Output);
        RequestRenewal.BeginSame(ref writer, request, LegMessages.ViaOf(lane.Transactions, again, open.Flow, lane.Shown(open.Flow)), sequence);
        writer.Finish(request.BodyOctets);
        if (writer.Overflowed || !(owner == default || user?.TryRenew(new RenewedRequest(owner.Part, response.Method, transaction, response.CSeq, again, sequence)) == true))
        {
            lane.Transactions.Abandon(again);
            return false;
        }

        open.End.Dialog.LocalSequence = sequence;
        Send(again, open, lane.Output.AsSpan(0, writer.Length));
        return true;
    }

    private void Send(TransactionId transaction, OpenRequest open, Span<byte> octets)
    {
        var line = octets[..octets.IndexOf("\r\n"u8)];
        var method = line[..line.IndexOf((byte)' ')];
        var fields = new MessageWriter(_credentials);
        open.Client.Write(ref fields, method, line[(method.Length + 1)..line.LastIndexOf((byte)' ')], ref open.Attempt);
        var head = octets.IndexOf("\r\n\r\n"u8) + 2;
        var writer = new MessageWriter(_message);
        writer.Write(octets[..head]);
        writer.Write(fields.Written);
        writer.Write(octets[head..]);
        var fits = !fields.Overflowed && !writer.Overflowed;
        if (!fits)
        {
            // It goes without: the peer may let it in all the same.
            open.Attempt.Sent = default;
        }

        if (open.End is Leg leg && method.SequenceEqual("INVITE"u8))
        {
            lane.Lane.Octets.Drop(ref leg.Credentials);
            leg.Credentials = lane.Lane.Octets.Keep(fits ? fields.Written : default);
        }

        _open[transaction] = open;
        LargeRequests.Send(lane, transaction, open.Flow, fits ? _message.AsSpan(0, writer.Length) : octets, open.End.Peer!.Peer.LargeRequests, open.FixesTransport);
    }

    /// <summary>A peer whose configuration has changed may have other credentials.</summary>
    private DigestClient ClientOf(PeerState peer)
    {
        if (!_clients.TryGetValue(peer.Peer.Index, out var known) || known.Peer != peer)
        {
            _clients[peer.Peer.Index] = known = (peer, new DigestClient(peer.Peer.Credentials, lane.Lane.Secrets));
        }

        return known.Client;
    }
}

/// <summary>A request of ours that is sent again as another transaction.</summary>
/// <param name="Part">Of its owner.</param>
/// <param name="Method">Its method.</param>
/// <param name="Before">The transaction that is over.</param>
/// <param name="SequenceBefore">Its CSeq.</param>
/// <param name="Now">The transaction that takes its place.</param>
/// <param name="Sequence">Its CSeq.</param>
internal readonly record struct RenewedRequest(int Part, SipMethod Method, TransactionId Before, uint SequenceBefore, TransactionId Now, uint Sequence);
