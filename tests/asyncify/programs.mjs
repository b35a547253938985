export const programs = () => [];
