using System.Text;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Registrations;

/// <content>Bindings over a restart, and as others are told of them.</content>
internal sealed partial class RegisterRelay
{
    /// <summary>Takes a binding over that was kept before the start: its name at the registrar still holds.</summary>
    /// <returns>False: it has ended, or its realm has another registrar now.</returns>
    public bool Restore(in KeptBinding kept)
    {
        var realm = _lane.Room.Model.Realms[_lane.Lane.Group(kept.Flow.Listener)];
        var left = _registrar.MillisecondsUntil(kept.Expires);
        if (left <= 0 || realm.Relay is not { } settings || settings.Registrar.Name != Encoding.UTF8.GetString(kept.Registrar))
        {
            return false;
        }

        var slot = Bindings.Add(kept.Id, realm.Index, kept.Aor, kept.Token);
        Bindings.Write(slot, kept.Texts);
        ref var binding = ref Bindings[slot];
        (binding.CSeq, binding.Q, binding.Traits) = (kept.CSeq, (short)kept.Q, kept.Traits);
        Bindings.SetFlow(slot, kept.Flow);
        Bindings.EndAt(slot, _lane.Lane.Now + left);
        Resume(slot, settings, _registrar.MillisecondsUntil(kept.UpstreamExpires));
        KeepAlives.Watch(slot);
        return true;
    }

    private void Resume(int slot, RelaySettings settings, long left)
    {
        ref var state = ref Bindings.State(slot);
        (state.Until, state.Accepted, state.User) = (_lane.Lane.Now + left, _lane.Lane.Now, UserOf(Bindings[slot].Aor));
        state.RefreshAt = RelayTimes.NextRefresh(state.Token, _lane.Lane.Now, Math.Max(left, 1), settings);
    }

    public BindingRecord RecordOf(int slot)
    {
        ref var binding = ref Bindings[slot];
        ref var state = ref Bindings.State(slot);
        return new BindingRecord(binding.Id, Encoding.UTF8.GetString(binding.Aor), Encoding.UTF8.GetString(binding.Contact), Encoding.UTF8.GetString(binding.CallId),
            binding.CSeq, _registrar.TimeOf(binding.Expires), binding.Flow, binding.Traits, binding.Q, Encoding.UTF8.GetString(binding.Instance), 0,
            Encoding.UTF8.GetString(binding.Path), Encoding.UTF8.GetString(binding.Agent))
        {
            Token = state.Token,
            Registrar = _lane.Room.Model.Realms[binding.Realm].Relay?.Registrar.Name ?? "",
            UpstreamExpires = _registrar.TimeOf(state.Until),
        };
    }
}
