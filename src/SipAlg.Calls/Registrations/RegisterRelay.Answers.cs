using System.Collections.Immutable;
using SipAlg.Calls.Admission;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Requests;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <content>What the registrar answers: only its 2xx changes what is bound, and everything else is the phone's to read.</content>
internal sealed partial class RegisterRelay
{
    /// <summary>A registrar that wants longer times than a day is not asked for them.</summary>
    private const int MostSeconds = 86400;

    /// <summary>The registrar's final answer to a phone's REGISTER.</summary>
    public void OnAnswer(TransactionId transaction, SipMessage register, in Flow flow, Realm realm, RelaySettings settings, ReadOnlySpan<ulong> tokens, in RelayedProof proof, SipMessage response)
    {
        _ = TryAor(register, _aor, out var length);
        var aor = _aor.AsSpan(0, length).ToArray();
        if (response.Status < 300)
        {
            Apply(register, flow, realm, settings, aor, tokens, response);
        }
        else if (response.Status == 423 && DeltaSeconds.Read(response.First(HeaderId.MinExpires)) is > 0 and var least && least <= MostSeconds)
        {
            // RFC 3261 §10.2.8: the phone asks again, for longer; it is the gateway's own time that was too short.
            _least[realm.Index] = least;
        }

        Judge(proof, flow, realm, aor, response);
        Tell(proof, register, flow, settings, response);
        var status = response.Status is 401 or 407 ? response.Status : EventMessages.FinalStatus(response.Status);
        var writer = Begin(register, flow, status, status == response.Status ? response[response.Reason] : default);
        if (status < 300)
        {
            WriteBindings(ref writer, register, flow, realm, aor);
        }

        if (status == response.Status)
        {
            Crossing(realm, flow).Write(ref writer, response);
        }

        writer.Finish(default);
        if (writer.Overflowed)
        {
            _lane.Transactions.Reply(transaction, register, flow, 513);
        }
        else
        {
            _registrar.Waiting.Respond(status < 300 ? _lastWrite : 0, transaction, status, writer.Written);
        }
    }

    /// <summary>What the phone does not mend by itself, by answering a challenge or asking for longer.</summary>
    private void Tell(in RelayedProof proof, SipMessage register, in Flow flow, RelaySettings settings, SipMessage response)
    {
        // What was withheld is challenged, since nobody was to look at it, or since its nonce is unknown.
        var outcome = !proof.IsWithheld ? OutcomeOf(proof, response) : Guesses.IsHeld(proof.Keys, _lane.Lane.Now) ? AuthenticationOutcome.Held : AuthenticationOutcome.Stale;
        if (response.Status >= 300 && response.Status != 423 && outcome is not (AuthenticationOutcome.Missing or AuthenticationOutcome.Stale))
        {
            _lane.NotRegistered(register, flow, response.Status, RefusalReason.Count, outcome ?? AuthenticationOutcome.Accepted, registrar: settings.Registrar.Name);
        }
    }

    /// <summary>What the registrar's network says to itself (RFC 7315 §4.1, §4.5, §4.6): addresses in it, for proxies that are no more on the way.</summary>
    private static readonly ImmutableArray<HeaderEdit> OfItsNetwork =
        [new HeaderEdit("Expires", null), new HeaderEdit("P-Associated-URI", null), new HeaderEdit("P-Charging-Function-Addresses", null), new HeaderEdit("P-Charging-Vector", null)];

    private HeaderCrossing Crossing(Realm realm, in Flow flow) =>
        new(EventMessages.HostTowards(_lane, null, flow), _lane.DialogNames, new DialogReader(realm.Index, null, flow, _lane.Shown(flow)))
        {
            Identity = default,
            Edits = OfItsNetwork,
            CarriesProof = true,
        };

    private void Apply(SipMessage register, in Flow flow, Realm realm, RelaySettings settings, ReadOnlySpan<byte> aor, ReadOnlySpan<ulong> tokens, SipMessage response)
    {
        var listed = new ListedContacts(response, _lane.Lane.Number);
        var (hasAsked, place) = (false, 0);
        foreach (var value in new RegisterContacts(register))
        {
            if (!ContactToRegister.TryParse(value, isOutbound: false, out var contact))
            {
                // A wildcard: what stands is what is listed.
                continue;
            }

            var token = tokens[place++];
            var slot = Bindings.Find(realm.Index, aor, contact, new RegisteringPlace(register, flow, realm.IsNatAware));
            if (Registrar.Asked(register, contact) == 0)
            {
                End(slot, register);
                continue;
            }

            hasAsked = true;
            var granted = listed.Seconds(token, UpstreamSeconds(realm, settings));
            if (granted > 0)
            {
                Bind(slot, register, flow, realm, settings, aor, value, token, granted * 1000L);
            }
            else
            {
                End(slot, register);
            }
        }

        if (listed.Count > 0 || !hasAsked)
        {
            RemoveUnlisted(realm, aor, listed, isAll: Registrar.IsWildcard(register));
        }
    }

    /// <summary>The registrar says which contacts stand; one that it has just accepted may be missing in an answer that was overtaken.</summary>
    private void RemoveUnlisted(Realm realm, ReadOnlySpan<byte> aor, in ListedContacts listed, bool isAll)
    {
        for (var slot = Bindings.First(realm.Index, aor); slot >= 0;)
        {
            var next = Bindings.Next(slot, realm.Index, aor);
            var isRecent = !isAll && _lane.Lane.Now - Bindings.State(slot).Accepted < _lane.Transactions.Times.Timeout;
            if (!isRecent && listed.Seconds(Bindings.State(slot).Token, 0) == 0)
            {
                Remove(slot);
            }

            slot = next;
        }
    }

    /// <summary>A binding ends, unless the phone has asked again meanwhile.</summary>
    private void End(int slot, SipMessage register)
    {
        if (slot >= 0 && !IsOvertaken(slot, register))
        {
            Remove(slot);
        }
    }

    private bool IsOvertaken(int slot, SipMessage register) => Bindings[slot].CSeq > register.CSeq && Bindings[slot].CallId.SequenceEqual(register[register.CallId]);

    private void Bind(
        int slot, SipMessage register, in Flow flow, Realm realm, RelaySettings settings, ReadOnlySpan<byte> aor, ReadOnlySpan<byte> value, ulong token, long granted)
    {
        if (slot >= 0 && IsOvertaken(slot, register))
        {
            return;
        }

        _ = ContactToRegister.TryParse(value, isOutbound: false, out var contact);
        if (slot < 0)
        {
            slot = Bindings.Add(_registrar.NextId(), realm.Index, aor, token);
            Bindings.State(slot).User = UserOf(aor);
        }

        Bindings.Write(slot, new BindingTexts
        {
            Aor = aor,
            Contact = contact.Uri.Text,
            CallId = register[register.CallId],
            Instance = contact.Instance,
            Path = _registrar.ReadPath(register),
            Agent = register.First(HeaderId.UserAgent),
        });
        ref var binding = ref Bindings[slot];
        (binding.CSeq, binding.Q, binding.Traits) = (register.CSeq, (short)contact.Q, realm.IsNatAware && NatSigns.AreIn(register, flow) ? BindingTraits.IsBehindNat : 0);
        Bindings.SetFlow(slot, flow);
        ref var state = ref Bindings.State(slot);
        var now = _lane.Lane.Now;
        (state.Parameters, state.Accepted, state.Until) = (ParametersOf(value), now, now + granted);
        state.RefreshAt = RelayTimes.NextRefresh(state.Token, now, granted, settings);
        Bindings.EndAt(slot, now + RelayTimes.Grant(RelayTimes.Wanted(Registrar.Asked(register, contact), settings), granted));
        KeepAlives.Watch(slot);
        _lastWrite = _registrar.Journal?.Keep(RecordOf(slot)) ?? 0;
    }

    /// <summary>The contacts of ours that a registrar's 2xx names, and how long they stand.</summary>
    private readonly ref struct ListedContacts(SipMessage response, byte lane)
    {
        private readonly SipMessage _response = response;

        public int Count
        {
            get
            {
                var count = 0;
                foreach (var _ in new RegisterContacts(_response))
                {
                    count++;
                }

                return count;
            }
        }

        /// <summary>0: it does not stand. A registrar that names no contact at all has done what it was asked.</summary>
        /// <param name="token">The name of ours.</param>
        /// <param name="asked">The seconds that were asked for, where the answer says none.</param>
        public int Seconds(ulong token, int asked)
        {
            var isEmpty = true;
            foreach (var value in new RegisterContacts(_response))
            {
                isEmpty = false;
                if (ContactToRegister.TryParse(value, isOutbound: false, out var contact) && MintedId.TryParse(contact.Uri.User, out var id) && id.Lane == lane && id.Secret == token)
                {
                    return Registrar.Asked(_response, contact) is >= 0 and var seconds ? Math.Min(seconds, MostSeconds) : Math.Max(asked, 1);
                }
            }

            return isEmpty && asked > 0 ? DeltaSeconds.Read(_response.First(HeaderId.Expires)) is >= 0 and var all ? Math.Min(all, asked) : asked : 0;
        }
    }
}
