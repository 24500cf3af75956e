{{ landing_availability() }}
