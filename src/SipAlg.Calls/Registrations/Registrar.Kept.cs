using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Registrations;

/// <content>Bindings over a restart.</content>
public sealed partial class Registrar
{
    /// <summary>Takes a binding over that was kept before the start; one whose time has passed, or whose flow has ended with its connection, is not.</summary>
    /// <returns>False: it has ended.</returns>
    public bool Restore(in KeptBinding binding)
    {
        _lastId = Math.Max(_lastId, binding.Id);
        if (binding.Texts.Length > SipLimits.Message)
        {
            // What is no UTF-8 has grown when it was kept as text; or somebody has written into the file.
            _lastWrite = _journal?.Forget(binding.Id) ?? 0;
            return false;
        }

        if (binding.Token != 0)
        {
            return Relay?.Restore(binding) == true;
        }

        var left = (long)(binding.Expires - _time.GetUtcNow()).TotalMilliseconds;
        if (left <= 0)
        {
            return false;
        }

        if (binding.Flow.IsReliable && IsOfConnection(binding.Traits, binding.Path))
        {
            _lastWrite = _journal?.Forget(binding.Id) ?? 0;
            return false;
        }

        var slot = Bindings.Add(binding.Id, binding.Aor);
        Bindings.Write(slot, binding.Texts);
        ref var restored = ref Bindings[slot];
        (restored.CSeq, restored.RegId, restored.Q, restored.Traits, restored.Since) = (binding.CSeq, binding.RegId, (short)binding.Q, binding.Traits, binding.Since);
        Bindings.SetFlow(slot, binding.Flow);
        Bindings.SetRealm(slot, _lane.Group(binding.Flow.Listener));
        Bindings.EndAt(slot, _lane.Now + left);
        KeepAlives?.Watch(slot);
        return true;
    }
}
